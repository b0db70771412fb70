/* Change a program of the system in the page cache, through /proc/self/mem and through mappings of it. */
#include "attempt.h"

int main(void) {
    int file = open("/usr/bin/env", O_RDONLY), memory = open("/proc/self/mem", O_RDWR);
    char *private = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0), *shared = mmap(NULL, 4096, PROT_READ, MAP_SHARED, file, 0);
    char before[16], after[16];
    pread(file, before, 16, 0);
    pwrite(memory, "changed", 7, (off_t)(uintptr_t)private);
    ATTEMPT("shared", pwrite(memory, "changed", 7, (off_t)(uintptr_t)shared));
    ATTEMPT("writable", mprotect(shared, 4096, PROT_READ | PROT_WRITE));
    int pipes[2];
    pipe(pipes);
    loff_t at = 0;
    splice(file, &at, pipes[1], NULL, 16, 0);
    write(pipes[1], "changed", 7);  // Must not be merged into the page that was spliced in.
    struct iovec part = {private, 4096};
    ATTEMPT("vmsplice", vmsplice(pipes[1], &part, 1, 0));
    pread(file, after, 16, 0);
    if (memcmp(before, after, 16) != 0) puts("BREACH changed");
    return contained();
}
