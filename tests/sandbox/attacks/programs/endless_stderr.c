/* Both streams at once, without end and without a line break. */
#include <string.h>
#include <unistd.h>

int main(void) {
    static char block[100000];
    memset(block, 'x', sizeof block);
    for (;;) {
        write(2, block, sizeof block);
        write(1, block, 10);
    }
}
