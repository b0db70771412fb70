/* Call the kernel through its 32-bit door, which a filter of 64-bit calls does not know. */
#include "attempt.h"

int main(void) {
    puts("before");
    fflush(stdout);
#ifdef __x86_64__
    long got = 20;  // getpid there
    __asm__ volatile("int $0x80" : "+a"(got));
    printf("BREACH %ld\n", got);
#else
    raise(SIGSYS);
#endif
    return 0;
}
