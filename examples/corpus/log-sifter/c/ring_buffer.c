/*
 * Print the last lines of standard input, like a very small `tail`.
 *
 * usage: lasts [COUNT] < file
 *
 * Lines are kept in a ring: once it is full, each new line takes the place of
 * the oldest.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_LIMIT 1024

/* A ring of lines. The oldest one is at `head` once the ring is full. */
struct ring {
    char **lines;
    size_t capacity;
    size_t count;
    size_t head;
};

/* Allocate room for `capacity` lines; nonzero on failure. */
static int ring_init(struct ring *ring, size_t capacity)
{
    ring->lines = calloc(capacity, sizeof *ring->lines);
    ring->capacity = capacity;
    ring->count = 0;
    ring->head = 0;
    return ring->lines == NULL ? -1 : 0;
}

/* Append a copy of `line`, dropping the oldest when the ring is full. */
static int ring_push(struct ring *ring, const char *line)
{
    size_t size = strlen(line) + 1;
    char *copy = malloc(size);

    if (copy == NULL) {
        return -1;
    }
    memcpy(copy, line, size);
    if (ring->count < ring->capacity) {
        ring->lines[ring->count++] = copy;
    } else {
        free(ring->lines[ring->head]);
        ring->lines[ring->head] = copy;
        ring->head = (ring->head + 1) % ring->capacity;
    }
    return 0;
}

/* Return the line at `index`, counted from the oldest, or NULL. */
static const char *ring_at(const struct ring *ring, size_t index)
{
    if (index >= ring->count) {
        return NULL;
    }
    return ring->lines[(ring->head + index) % ring->capacity];
}

/* Release all lines and the ring's own memory. */
static void ring_free(struct ring *ring)
{
    for (size_t i = 0; i < ring->count; i++) {
        free(ring->lines[i]);
    }
    free(ring->lines);
}

/* Read the number of lines wanted; 0 when `text` is not a sensible count. */
static size_t parse_count(const char *text)
{
    char *end;

    errno = 0;
    long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 1 || value > 100000) {
        return 0;
    }
    return (size_t)value;
}

int main(int argc, char **argv)
{
    size_t wanted = argc > 1 ? parse_count(argv[1]) : 10;
    char line[LINE_LIMIT];
    struct ring ring;

    if (wanted == 0 || argc > 2) {
        fprintf(stderr, "usage: %s [COUNT] < file\n", argv[0]);
        return 2;
    }
    if (ring_init(&ring, wanted) != 0) {
        perror("lasts");
        return 1;
    }
    while (fgets(line, sizeof line, stdin) != NULL) {
        if (ring_push(&ring, line) != 0) {
            perror("lasts");
            ring_free(&ring);
            return 1;
        }
    }
    for (size_t i = 0; i < ring.count; i++) {
        fputs(ring_at(&ring, i), stdout);
    }
    ring_free(&ring);
    return 0;
}
