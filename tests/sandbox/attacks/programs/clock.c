/* Set the clock of the machine, or bend it. */
#include "attempt.h"
#include <sys/timex.h>

int main(void) {
    struct timeval past = {1000000, 0};
    struct timespec then = {1000000, 0};
    struct timex bent = {.modes = ADJ_OFFSET | ADJ_FREQUENCY | ADJ_TICK, .tick = 9000};
    ATTEMPT("settimeofday", settimeofday(&past, NULL));
    ATTEMPT("clock_settime", clock_settime(CLOCK_REALTIME, &then));
    ATTEMPT("clock_settime boot", clock_settime(CLOCK_BOOTTIME, &then));
    ATTEMPT("adjtimex", adjtimex(&bent));
    ATTEMPT("clock_adjtime", clock_adjtime(CLOCK_REALTIME, &bent));
    ATTEMPT("rtc", open("/dev/rtc0", O_RDWR));
    ATTEMPT("time namespace", open("/proc/self/timens_offsets", O_WRONLY) < 0 ? -1 : write(9, "monotonic 1000 0", 16));
    timer_t alarm;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    ATTEMPT("wake alarm", timer_create(CLOCK_REALTIME_ALARM, &event, &alarm));
    return contained();
}
