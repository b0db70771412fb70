/* Fill its pipe to the last byte without anybody forcing it to end, then block for ever. */
#include "attempt.h"
#include <sys/prctl.h>

int main(void) {
    fcntl(1, F_SETPIPE_SZ, 1 << 20);
    static char block[1000];
    memset(block, 'x', sizeof block);
    write(1, block, sizeof block);
    fcntl(1, F_SETFL, O_NONBLOCK);
    close(1);
    pause();
    return 0;
}
