/* Reserve terabytes of addresses without using them: many runtimes do, and so it is allowed. */
#include "attempt.h"

int main(void) {
    char *much = mmap(NULL, 1L << 42, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    puts(much == MAP_FAILED ? "refused" : "reserved");
    return 0;
}
