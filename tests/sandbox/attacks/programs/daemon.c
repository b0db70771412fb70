/* Leave a daemon: forked twice, in a session and group of its own, without streams, arguments, a mark or a parent. */
#include "attempt.h"
#include <sys/prctl.h>

int main(int count, char **arguments) {
    if (count == 0 || arguments[0][0] == '\0') {
        for (;;) nap(60);
    }
    pid_t child = fork();
    if (child == 0) {
        setsid();
        prctl(PR_SET_PDEATHSIG, 0);
        prctl(PR_SET_CHILD_SUBREAPER, 1);
        signal(SIGHUP, SIG_IGN);
        if (fork() == 0) {
            for (int descriptor = 0; descriptor < 256; descriptor++) close(descriptor);
            char *no_arguments[] = {"", NULL}, *no_environment[] = {NULL};
            execve("/proc/self/exe", no_arguments, no_environment);
        }
        _exit(0);
    }
    waitpid(child, NULL, 0);
    puts("main ended");
    return 0;
}
