/* Many processes that each stay below the limit, and together do not. */
#include "attempt.h"

int main(void) {
    for (int i = 0; i < 8; i++)
        if (fork() == 0) {
            char *own = malloc(24 << 20);
            memset(own, i + 1, 24 << 20);
            pause();
        }
    nap(10);
    return 0;
}
