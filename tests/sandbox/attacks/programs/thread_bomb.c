/* Threads without end, each of which only waits. */
#include "attempt.h"
#include <pthread.h>

static void *wait_for_ever(void *nothing) {
    pause();
    return nothing;
}

int main(void) {
    int made = 0;
    pthread_t thread;
    while (made < 5000 && pthread_create(&thread, NULL, wait_for_ever, NULL) == 0) made++;
    puts(made < 100 ? "contained" : "BREACH too many threads");
    return 0;
}
