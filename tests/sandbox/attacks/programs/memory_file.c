/* Files in memory without a name, written and not mapped: no process seems to hold their memory. */
#include "attempt.h"

int main(void) {
    static char block[1 << 20];
    memset(block, 1, sizeof block);
    for (int i = 0; i < 100; i++) {
        int file = memfd_create("x", 0);
        if (file < 0) {
            puts("contained");
            return 0;
        }
        for (int j = 0; j < 4; j++)
            if (write(file, block, sizeof block) < 0) break;
    }
    nap(0.3);
    puts("BREACH 400 MB in files without a name");
    return 0;
}
