/* Terminals without end, of which the machine has a number for all. */
#include "attempt.h"

int main(void) {
    int made = 0;
    while (made < 5000) {
        int got = posix_openpt(O_RDWR | O_NOCTTY);
        if (got < 0) break;
        made++;
    }
    puts(made < 1000 ? "contained" : "BREACH terminals without end");
    return 0;
}
