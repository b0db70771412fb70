/* A relay of short-lived processes, none of which is ever waited for: each hands on to the next one and ends. */
#include "attempt.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    if (fork() != 0) {
        nap(10);
        return 0;
    }
    for (;;) {
        for (volatile int i = 0; i < 3000000; i++) continue;
        if (fork() != 0) _exit(0);
    }
}
