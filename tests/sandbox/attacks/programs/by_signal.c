/* End by the signal whose number is given. */
#include "attempt.h"

int main(int count, char **arguments) {
    int number = count > 1 ? atoi(arguments[1]) : SIGKILL;
    printf("%d\n", number);
    fflush(stdout);
    syscall(SYS_kill, getpid(), number);  // The C library keeps 32 and 33 for itself.
    return 0;
}
