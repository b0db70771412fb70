/* Leave a core dump on the host, through the pattern that the kernel has for all. */
#include "attempt.h"
#include <sys/prctl.h>
#include <sys/resource.h>

int main(void) {
    struct rlimit much = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &much);
    prctl(PR_SET_DUMPABLE, 1);
    puts("before");
    fflush(stdout);
    abort();
}
