/* Raise the resource limits that the sandbox has set, which its children would inherit. */
#include "attempt.h"
#include <sys/resource.h>

int main(void) {
    static const int bounds[] = {RLIMIT_CORE, RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CPU, RLIMIT_NICE, RLIMIT_RTPRIO};
    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        struct rlimit now, more;
        getrlimit(bounds[i], &now);
        more.rlim_cur = more.rlim_max = now.rlim_max == RLIM_INFINITY ? now.rlim_max : now.rlim_max + 1;
        if (now.rlim_max == RLIM_INFINITY) printf("BREACH %d is without limit\n", bounds[i]);
        ATTEMPT("raise", setrlimit(bounds[i], &more));
    }
    return contained();
}
