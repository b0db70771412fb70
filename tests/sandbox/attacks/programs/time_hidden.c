/* Burn time in children of a thread, and in children that nobody waits for. */
#include "attempt.h"
#include <pthread.h>

static void *start(void *nothing) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 4; i++)
        if (fork() == 0)
            for (;;) continue;
    nap(10);
    return nothing;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, start, NULL);
    nap(10);
    return 0;
}
