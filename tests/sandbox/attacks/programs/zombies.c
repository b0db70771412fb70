/* Children that have ended and are never waited for, and grandchildren that are left to the init. */
#include "attempt.h"

int main(void) {
    int made = 0;
    while (made < 5000) {
        pid_t child = fork();
        if (child < 0) break;
        if (child == 0) {
            if (fork() == 0) _exit(0);
            _exit(0);
        }
        made++;
    }
    puts(made < 100 ? "contained" : "BREACH too many zombies");
    return 0;
}
