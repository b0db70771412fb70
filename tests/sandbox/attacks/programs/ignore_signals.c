/* Ignore and block every signal, in a session of its own, and go on working. */
#include "attempt.h"

int main(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    for (int number = 1; number < 65; number++) signal(number, SIG_IGN);
    setsid();
    for (;;) continue;
}
