/**
 * @file polygon.c
 * Area, centroid and point-in-polygon test for simple polygons.
 */
#include "polygon.h"

#include <math.h>

double polygon_signed_area(const struct vec *corners, size_t count)
{
    double doubled = 0.0;

    for (size_t i = 0; i < count; i++) {
        const struct vec *a = &corners[i];
        const struct vec *b = &corners[(i + 1) % count];
        doubled += a->x * b->y - b->x * a->y;
    }
    return doubled / 2.0;
}

double polygon_perimeter(const struct vec *corners, size_t count)
{
    double length = 0.0;

    for (size_t i = 0; i < count; i++) {
        const struct vec *a = &corners[i];
        const struct vec *b = &corners[(i + 1) % count];
        length += hypot(b->x - a->x, b->y - a->y);
    }
    return length;
}

bool polygon_centroid(const struct vec *corners, size_t count, struct vec *centre)
{
    double area = polygon_signed_area(corners, count);
    double x = 0.0, y = 0.0;

    if (fabs(area) < 1e-12) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct vec *a = &corners[i];
        const struct vec *b = &corners[(i + 1) % count];
        double weight = a->x * b->y - b->x * a->y;
        x += (a->x + b->x) * weight;
        y += (a->y + b->y) * weight;
    }
    centre->x = x / (6.0 * area);
    centre->y = y / (6.0 * area);
    return true;
}

bool polygon_contains(const struct vec *corners, size_t count, struct vec point)
{
    bool inside = false;

    /* Count how often a ray to the right crosses an edge; odd means inside. */
    for (size_t i = 0, j = count - 1; i < count; j = i++) {
        const struct vec *a = &corners[i];
        const struct vec *b = &corners[j];
        if ((a->y > point.y) == (b->y > point.y)) {
            continue;
        }
        double crossing = a->x + (point.y - a->y) * (b->x - a->x) / (b->y - a->y);
        if (point.x < crossing) {
            inside = !inside;
        }
    }
    return inside;
}
