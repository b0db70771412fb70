/* What hostile programs in C share: count the attempts that are refused, and cry out about one that is not. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int refused;

#define ATTEMPT(what, call)                                                                                            \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        long got = (long)(call);                                                                                       \
        if (got == -1) {                                                                                               \
            int why = errno;                                                                                           \
            fprintf(stderr, "%s: %s\n", what, strerror(why));                                                          \
            refused++;                                                                                                 \
            errno = why;                                                                                               \
        } else {                                                                                                       \
            printf("BREACH %s %ld\n", what, got);                                                                      \
        }                                                                                                              \
    } while (0)

static inline int contained(void) {
    printf("contained %d\n", refused);
    return 0;
}

static inline void nap(double seconds) {
    struct timespec span = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
    nanosleep(&span, NULL);
}
