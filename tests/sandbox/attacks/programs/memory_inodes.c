/* Empty files without end: they take no space of the file system, and the memory of the kernel all the same. */
#include "attempt.h"

int main(void) {
    char name[32];
    mkdir("d", 0755);
    chdir("d");
    long made = 0;
    for (; made < 2000000; made++) {
        snprintf(name, sizeof name, "%ld", made);
        if (mknod(name, S_IFREG | 0600, 0) < 0) break;
    }
    puts(made < 200000 ? "contained" : "BREACH inodes without end");
    return 0;
}
