/*
 * Assign bookings to rooms with one bit for each half hour of the day.
 *
 * Bookings are taken in order; each gets the first room that is free for its
 * whole length. Times are slots: 0 is midnight, 18 is nine o'clock.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define SLOTS 48
#define ROOMS 3

struct booking {
    const char *title;
    int start;
    int end; /* first slot that is free again */
};

/* Return the bits of the slots from `start` up to but not including `end`. */
static uint64_t mask_of(int start, int end)
{
    if (start < 0 || end > SLOTS || start >= end) {
        return 0;
    }
    return ((UINT64_C(1) << (end - start)) - 1) << start;
}

/* Count the set bits. */
static int population(uint64_t bits)
{
    int count = 0;

    while (bits != 0) {
        bits &= bits - 1;
        count++;
    }
    return count;
}

/* Reserve `mask` in the first room that has it free; -1 when none has. */
static int reserve(uint64_t rooms[ROOMS], uint64_t mask)
{
    for (int room = 0; room < ROOMS; room++) {
        if ((rooms[room] & mask) == 0) {
            rooms[room] |= mask;
            return room;
        }
    }
    return -1;
}

/* Return the longest run of free slots between `open` and `close`. */
static int longest_free(uint64_t room, int open, int close)
{
    int best = 0, run = 0;

    for (int slot = open; slot < close; slot++) {
        bool busy = (room >> slot) & 1;
        run = busy ? 0 : run + 1;
        if (run > best) {
            best = run;
        }
    }
    return best;
}

int main(void)
{
    static const struct booking bookings[] = {
        {"stand-up", 18, 19},   {"interview", 18, 21}, {"workshop", 19, 26},
        {"planning", 20, 22},   {"lunch talk", 24, 26}, {"retro", 20, 23},
        {"backwards", 30, 28},  {"review", 23, 25},
    };
    uint64_t rooms[ROOMS] = {0};

    for (size_t i = 0; i < sizeof bookings / sizeof bookings[0]; i++) {
        const struct booking *b = &bookings[i];
        uint64_t mask = mask_of(b->start, b->end);
        int room = mask == 0 ? -1 : reserve(rooms, mask);
        if (mask == 0) {
            printf("%-10s has no valid time\n", b->title);
        } else if (room < 0) {
            printf("%-10s finds no room\n", b->title);
        } else {
            printf("%-10s room %d\n", b->title, room + 1);
        }
    }
    for (int room = 0; room < ROOMS; room++) {
        printf("room %d: %d slots taken, %d free in a row, bits %012" PRIx64 "\n", room + 1,
               population(rooms[room]), longest_free(rooms[room], 16, 36), rooms[room]);
    }
    return 0;
}
