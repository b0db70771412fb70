/* Take the processors away from everybody else by priorities. */
#include "attempt.h"
#include <sched.h>
#include <sys/resource.h>

int main(void) {
    struct sched_param most = {.sched_priority = 50};
    ATTEMPT("fifo", sched_setscheduler(0, SCHED_FIFO, &most));
    ATTEMPT("round robin", sched_setscheduler(0, SCHED_RR, &most));
    uint64_t deadline[6] = {48 | (6ULL << 32), 0, 0, 10000000, 20000000, 20000000};
    ATTEMPT("deadline", syscall(SYS_sched_setattr, 0, deadline, 0));
    ATTEMPT("nice", setpriority(PRIO_PROCESS, 0, -20));
    ATTEMPT("real-time disk", syscall(SYS_ioprio_set, 1, 0, 1 << 13));
    int file = open("/proc/self/oom_score_adj", O_WRONLY);
    ATTEMPT("never killed", write(file, "-1000", 5));
    ATTEMPT("init never killed", pwrite(open("/proc/1/oom_score_adj", O_WRONLY), "-1000", 5, 0));
    ATTEMPT("group", open("/proc/self/autogroup", O_WRONLY) < 0 ? -1 : write(open("/proc/self/autogroup", O_WRONLY), "-20", 3));
    int slack = open("/proc/1/timerslack_ns", O_WRONLY);
    (void)!write(slack, "1", 1);  // Allowed for oneself; nobody else's timers get worse.
    return contained();
}
