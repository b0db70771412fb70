/**
 * @file polygon.h
 * Simple polygons given by their corners in order. The last corner is joined
 * to the first, so it must not be repeated.
 */
#ifndef POLYGON_H
#define POLYGON_H

#include <stdbool.h>
#include <stddef.h>

/** A point of the plane. */
struct vec {
    double x;
    double y;
};

/** Area of the polygon; negative when the corners run clockwise. */
double polygon_signed_area(const struct vec *corners, size_t count);

/** Sum of the lengths of all sides, the closing one included. */
double polygon_perimeter(const struct vec *corners, size_t count);

/**
 * Centre of gravity of the enclosed area.
 *
 * @param centre  receives the result
 * @return false, with `centre` untouched, when the area is zero
 */
bool polygon_centroid(const struct vec *corners, size_t count, struct vec *centre);

/**
 * Even-odd test. Points on the boundary may fall on either side.
 */
bool polygon_contains(const struct vec *corners, size_t count, struct vec point);

#endif
