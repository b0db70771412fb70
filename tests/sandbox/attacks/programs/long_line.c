/* One line of 10 GB. */
#include <string.h>
#include <unistd.h>

int main(void) {
    static char block[1 << 20];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 10 * 1024; i++)
        if (write(1, block, sizeof block) < 0) return 1;
    write(1, "\n", 1);
    return 0;
}
