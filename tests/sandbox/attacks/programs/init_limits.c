/* Let the init of the process namespace run into limits that only the program sets for it. */
#include "attempt.h"
#include <sys/resource.h>

int main(void) {
    struct rlimit none = {0, 0};
    for (int bound = 0; bound < RLIM_NLIMITS; bound++) prlimit(1, (enum __rlimit_resource)bound, &none, NULL);
    puts("contained");
    return 0;
}
