/* A swarm of which every member replaces itself faster than one by one can be killed. */
#include "attempt.h"

int main(void) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 6; i++)
        if (fork() == 0) {
            setsid();
            for (;;)
                if (fork() > 0) _exit(0);
        }
    nap(0.2);
    return 0;
}
