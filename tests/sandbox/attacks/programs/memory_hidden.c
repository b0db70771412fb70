/* Children of a thread that is not the first one: they stand in that thread's list of children only. */
#include "attempt.h"
#include <pthread.h>

static void *start(void *nothing) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            char *own = malloc(48 << 20);
            memset(own, i + 1, 48 << 20);
            nap(10);
            _exit(0);
        }
    nap(10);
    return nothing;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, start, NULL);
    nap(3);
    puts("BREACH 384 MB in children of a thread");
    return 0;
}
