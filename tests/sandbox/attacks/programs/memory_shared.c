/* Shared memory that is written, and then taken out of its own page tables so that no process seems to hold it. */
#include "attempt.h"

int main(void) {
    for (int i = 0; i < 400; i++) {
        char *shared = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (shared == MAP_FAILED) break;
        memset(shared, 1, 1 << 20);
        madvise(shared, 1 << 20, MADV_DONTNEED);
    }
    nap(0.3);
    puts("BREACH 400 MB of shared memory");
    return 0;
}
