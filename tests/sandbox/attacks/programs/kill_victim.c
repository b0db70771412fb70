/* Kill a process of the host that has the same user, by the number that it has there. */
#include "attempt.h"

int main(void) {
    pid_t victim = atoi(getenv("CANARY_PROCESS"));
    ATTEMPT("kill", kill(victim, SIGKILL));
    ATTEMPT("group", kill(-victim, SIGKILL));
    ATTEMPT("pidfd", syscall(SYS_pidfd_open, victim, 0));
    ATTEMPT("limit", syscall(SYS_prlimit64, victim, 0, NULL, NULL));
    ATTEMPT("priority", syscall(SYS_setpriority, 0, victim, 19));
    return contained();
}
