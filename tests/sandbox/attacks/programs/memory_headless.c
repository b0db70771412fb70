/* Shared memory of a process whose first thread has ended: /proc shows none at that thread any more. */
#include "attempt.h"
#include <pthread.h>

static void *hold(void *nothing) {
    nap(0.1);
    size_t size = 200 << 20;
    char *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    memset(shared, 1, size);
    nap(1);
    puts("BREACH 200 MB of a process without its first thread");
    return nothing;
}

int main(void) {
    pthread_t thread;
    pthread_create(&thread, NULL, hold, NULL);
    pthread_exit(NULL);
}
