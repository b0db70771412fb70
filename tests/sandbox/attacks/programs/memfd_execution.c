/* Run a program that is in no file system. It may; nothing is gained by it. */
#include "attempt.h"

int main(void) {
    int from = open("/usr/bin/id", O_RDONLY), to = memfd_create("x", 0);
    char block[65536], *arguments[] = {"id", "-u", NULL}, *none[] = {NULL};
    if (to < 0) {
        printf("%d\n", getuid());
        return 0;
    }
    for (ssize_t got; (got = read(from, block, sizeof block)) > 0;)
        if (write(to, block, (size_t)got) < 0) return 1;
    fchmod(to, 06755);
    fexecve(to, arguments, none);
    return 1;
}
