/*
 * str_map: a hash table from strings to integers.
 *
 *     struct str_map stock;
 *     long pieces;
 *     if (str_map_init(&stock) && str_map_put(&stock, "bolt", 12)
 *         && str_map_get(&stock, "bolt", &pieces)) {
 *         printf("%ld bolts\n", pieces);
 *     }
 *     str_map_free(&stock);
 */
#ifndef STR_MAP_H
#define STR_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One slot of the table; a null key marks a slot that was never filled. */
struct str_map_entry {
    char *key;
    long value;
};

/* The table. Treat the fields as private; `count` may be read. */
struct str_map {
    struct str_map_entry *entries;
    size_t capacity; /* a power of two */
    size_t count;    /* live entries */
    size_t used;     /* live entries and tombstones */
};

/* Prepare an empty table; false when there is no memory. */
bool str_map_init(struct str_map *map);

/* Set `key` to `value`, replacing an earlier value; false without memory. */
bool str_map_put(struct str_map *map, const char *key, long value);

/* Store the value of `key` in `*value`; false when the key is missing. */
bool str_map_get(const struct str_map *map, const char *key, long *value);

/* Remove `key`; false when it was missing. */
bool str_map_remove(struct str_map *map, const char *key);

/* Release everything the table owns. */
void str_map_free(struct str_map *map);

#endif
