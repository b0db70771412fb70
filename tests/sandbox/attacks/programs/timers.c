/* Timers without end, each with a signal to keep. */
#include "attempt.h"

int main(void) {
    long made = 0;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    timer_t timer;
    while (made < 3000000 && timer_create(CLOCK_MONOTONIC, &event, &timer) == 0) made++;
    puts(made < 3000000 ? "contained" : "BREACH timers without end");
    return 0;
}
