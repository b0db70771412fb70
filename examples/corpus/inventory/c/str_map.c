/*
 * str_map: a hash table from strings to integers with open addressing.
 *
 * Keys are copied. Removing an entry leaves a tombstone that a later insertion
 * may reuse, so probing never breaks off too early.
 */
#include "str_map.h"

#include <stdlib.h>
#include <string.h>

static char tombstone[] = "";

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key)
{
    uint64_t h = 14695981039346656037u;

    while (*key != '\0') {
        h ^= (unsigned char)*key++;
        h *= 1099511628211u;
    }
    return h;
}

/* Return the slot of `key`, or the slot where it should be inserted. */
static size_t find_slot(const struct str_map *map, const char *key)
{
    size_t mask = map->capacity - 1;
    size_t slot = hash(key) & mask;
    size_t reusable = SIZE_MAX;

    while (map->entries[slot].key != NULL) {
        if (map->entries[slot].key == tombstone) {
            if (reusable == SIZE_MAX) {
                reusable = slot;
            }
        } else if (strcmp(map->entries[slot].key, key) == 0) {
            return slot;
        }
        slot = (slot + 1) & mask;
    }
    return reusable == SIZE_MAX ? slot : reusable;
}

/* True when the slot holds a live entry. */
static bool occupied(const struct str_map *map, size_t slot)
{
    return map->entries[slot].key != NULL && map->entries[slot].key != tombstone;
}

bool str_map_init(struct str_map *map)
{
    map->capacity = 8;
    map->count = 0;
    map->used = 0;
    map->entries = calloc(map->capacity, sizeof *map->entries);
    return map->entries != NULL;
}

/* Move every live entry into a table of twice the size, dropping tombstones. */
static bool grow(struct str_map *map)
{
    struct str_map bigger = {.capacity = map->capacity * 2};

    bigger.entries = calloc(bigger.capacity, sizeof *bigger.entries);
    if (bigger.entries == NULL) {
        return false;
    }
    for (size_t i = 0; i < map->capacity; i++) {
        if (occupied(map, i)) {
            bigger.entries[find_slot(&bigger, map->entries[i].key)] = map->entries[i];
        }
    }
    bigger.count = bigger.used = map->count;
    free(map->entries);
    *map = bigger;
    return true;
}

bool str_map_put(struct str_map *map, const char *key, long value)
{
    if ((map->used + 1) * 4 > map->capacity * 3 && !grow(map)) {
        return false;
    }
    size_t slot = find_slot(map, key);
    if (!occupied(map, slot)) {
        size_t size = strlen(key) + 1;
        char *copy = malloc(size);
        if (copy == NULL) {
            return false;
        }
        memcpy(copy, key, size);
        if (map->entries[slot].key == NULL) {
            map->used++;
        }
        map->entries[slot].key = copy;
        map->count++;
    }
    map->entries[slot].value = value;
    return true;
}

bool str_map_get(const struct str_map *map, const char *key, long *value)
{
    size_t slot = find_slot(map, key);

    if (!occupied(map, slot)) {
        return false;
    }
    *value = map->entries[slot].value;
    return true;
}

bool str_map_remove(struct str_map *map, const char *key)
{
    size_t slot = find_slot(map, key);

    if (!occupied(map, slot)) {
        return false;
    }
    free(map->entries[slot].key);
    map->entries[slot].key = tombstone;
    map->count--;
    return true;
}

void str_map_free(struct str_map *map)
{
    for (size_t i = 0; i < map->capacity; i++) {
        if (occupied(map, i)) {
            free(map->entries[i].key);
        }
    }
    free(map->entries);
    memset(map, 0, sizeof *map);
}
