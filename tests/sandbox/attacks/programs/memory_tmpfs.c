/* Put more into files than there may be memory, in many files of which none is too large. */
#include "attempt.h"

int main(void) {
    static char block[1 << 20];
    char name[32];
    memset(block, 1, sizeof block);
    for (int i = 0; i < 200; i++) {
        snprintf(name, sizeof name, "f%d", i);
        int file = open(name, O_WRONLY | O_CREAT, 0600);
        if (file < 0 || write(file, block, sizeof block) < 0) {
            puts("contained");
            return 0;
        }
        close(file);
    }
    nap(1); /* to be looked at, where memory is sampled */
    puts("BREACH 200 MB of files");
    return 0;
}
