/* CPU time of children that nobody waits for: the kernel adds it to no parent. */
#include "attempt.h"
#include <signal.h>
#include <sys/wait.h>

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 30; i++) {
        if (fork() == 0) {
            while (clock() < CLOCKS_PER_SEC / 10) {}
            _exit(0);
        }
        wait(NULL);
    }
    puts("BREACH 3 CPU seconds of children that nobody waited for");
    return 0;
}
