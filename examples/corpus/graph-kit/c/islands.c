/**
 * @file islands.c
 * Count islands in a map with a disjoint-set forest.
 *
 * Reads rows of '#' (land) and '.' (water) from standard input. Cells that
 * share a side belong to the same island.
 */
#include <stdio.h>
#include <string.h>

#define MAX_SIDE 64
#define MAX_CELLS (MAX_SIDE * MAX_SIDE)

static int parent[MAX_CELLS];
static int size_of[MAX_CELLS];

/** Make every cell a set of its own. */
static void reset(int cells)
{
    for (int i = 0; i < cells; i++) {
        parent[i] = i;
        size_of[i] = 1;
    }
}

/** Return the representative of `cell`, halving the path on the way. */
static int find(int cell)
{
    while (parent[cell] != cell) {
        parent[cell] = parent[parent[cell]];
        cell = parent[cell];
    }
    return cell;
}

/** Join the sets of `a` and `b`, the smaller below the larger. */
static void unite(int a, int b)
{
    a = find(a);
    b = find(b);
    if (a == b) {
        return;
    }
    if (size_of[a] < size_of[b]) {
        int other = a;
        a = b;
        b = other;
    }
    parent[b] = a;
    size_of[a] += size_of[b];
}

/**
 * Read the map into `rows`.
 *
 * @return the number of rows, or -1 when the map is ragged or too large
 */
static int read_map(char rows[MAX_SIDE][MAX_SIDE + 2], int *width)
{
    int height = 0;
    char line[MAX_SIDE + 2];

    *width = 0;
    while (fgets(line, sizeof line, stdin) != NULL) {
        int length = (int)strcspn(line, "\r\n");
        if (length == 0) {
            continue;
        }
        if (height == MAX_SIDE || length > MAX_SIDE || (height > 0 && length != *width)) {
            return -1;
        }
        *width = length;
        line[length] = '\0';
        strcpy(rows[height++], line);
    }
    return height;
}

int main(void)
{
    static char rows[MAX_SIDE][MAX_SIDE + 2];
    int width;
    int height = read_map(rows, &width);
    int islands = 0, largest = 0;

    if (height < 0) {
        fprintf(stderr, "islands: rows must be equally long, at most %d\n", MAX_SIDE);
        return 1;
    }
    reset(width * height);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            if (rows[y][x] != '#') {
                continue;
            }
            if (x > 0 && rows[y][x - 1] == '#') {
                unite(y * width + x, y * width + x - 1);
            }
            if (y > 0 && rows[y - 1][x] == '#') {
                unite(y * width + x, (y - 1) * width + x);
            }
        }
    }
    for (int i = 0; i < width * height; i++) {
        if (rows[i / width][i % width] == '#' && find(i) == i) {
            islands++;
            if (size_of[i] > largest) {
                largest = size_of[i];
            }
        }
    }
    printf("%d island(s), the largest of %d cell(s)\n", islands, largest);
    return 0;
}
