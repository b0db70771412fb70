/**
 * @file rle.c
 * Byte-wise run-length coding. Coded data is a series of (count, byte) pairs
 * with counts from 1 to 255.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/** Returned by the functions below when the output buffer is too small. */
#define RLE_OVERFLOW ((size_t)-1)

/**
 * Code `length` bytes of `input`.
 *
 * @param out       where the pairs go
 * @param capacity  size of `out` in bytes
 * @return the number of bytes written, or RLE_OVERFLOW
 */
size_t rle_encode(const uint8_t *input, size_t length, uint8_t *out, size_t capacity)
{
    size_t used = 0;
    size_t start = 0;

    while (start < length) {
        size_t run = 1;
        while (run < 255 && start + run < length && input[start + run] == input[start]) {
            run++;
        }
        if (used + 2 > capacity) {
            return RLE_OVERFLOW;
        }
        out[used++] = (uint8_t)run;
        out[used++] = input[start];
        start += run;
    }
    return used;
}

/**
 * Undo rle_encode().
 *
 * @return the number of bytes written, or RLE_OVERFLOW when `out` is too small
 *         or the coded data is cut short
 */
size_t rle_decode(const uint8_t *coded, size_t length, uint8_t *out, size_t capacity)
{
    size_t used = 0;

    if (length % 2 != 0) {
        return RLE_OVERFLOW;
    }
    for (size_t i = 0; i < length; i += 2) {
        if (coded[i] > capacity - used) {
            return RLE_OVERFLOW;
        }
        memset(out + used, coded[i + 1], coded[i]);
        used += coded[i];
    }
    return used;
}

/** Code `text`, print the pairs, decode them again and report the result. */
static int round_trip(const char *text)
{
    uint8_t coded[512];
    uint8_t plain[512];
    size_t length = strlen(text);
    size_t coded_length = rle_encode((const uint8_t *)text, length, coded, sizeof coded);

    if (coded_length == RLE_OVERFLOW || length > sizeof plain) {
        printf("%.16s...: too long\n", text);
        return 1;
    }
    printf("%s:", text);
    for (size_t i = 0; i < coded_length; i += 2) {
        printf(" %u%c", coded[i], coded[i + 1]);
    }
    size_t plain_length = rle_decode(coded, coded_length, plain, sizeof plain);
    int same = plain_length == length && memcmp(plain, text, length) == 0;
    printf(" (%zu -> %zu bytes, %s)\n", length, coded_length, same ? "ok" : "DIFFERS");
    return same ? 0 : 1;
}

int main(int argc, char **argv)
{
    static char *examples[] = {"rle", "aaaabbbcca", "xyz", "zzzzzzzzzzzz", ""};
    char **texts = argc > 1 ? argv + 1 : examples + 1;
    int count = argc > 1 ? argc - 1 : 4;
    int failures = 0;

    for (int i = 0; i < count; i++) {
        failures += round_trip(texts[i]);
    }
    return failures != 0;
}
