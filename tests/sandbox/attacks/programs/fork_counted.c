/* Start as many processes as can be had, and say that there was an end to it. */
#include "attempt.h"

int main(void) {
    int made = 0;
    while (made < 5000) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            pause();
            _exit(0);
        }
        made++;
    }
    puts(made < 100 ? "contained" : "BREACH too many processes");
    return 0;
}
