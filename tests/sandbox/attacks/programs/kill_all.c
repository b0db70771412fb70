/* Signal everything there is: the parent, the init, all groups, by every number; then all at once. */
#include "attempt.h"

int main(void) {
    pid_t parent = getppid();
    for (int number = 1; number < 65; number++) {
        if (number == SIGCHLD) continue;
        kill(parent, number);
        kill(1, number);
        syscall(SYS_tgkill, 1, 1, number);
        syscall(SYS_pidfd_send_signal, (int)syscall(SYS_pidfd_open, 1, 0), number, NULL, 0);
    }
    // Numbers of processes of the host mean nothing here.
    for (pid_t process = 2; process < 5000; process++)
        if (process != getpid() && kill(process, SIGKILL) == 0) printf("BREACH %d\n", process);
    kill(-1, SIGKILL);
    puts("contained");
    return 0;
}
