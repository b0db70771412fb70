/* Fill the buffers of many sockets and pipes, which the kernel keeps. */
#include "attempt.h"

int main(void) {
    static char block[65536];
    long total = 0;
    for (int round = 0; round < 10000; round++) {
        int pair[2];
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) < 0 && pipe2(pair, O_NONBLOCK) < 0) break;
        int most = 1 << 30;
        setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &most, sizeof most);
        for (ssize_t sent; (sent = write(pair[0], block, sizeof block)) > 0;) total += sent;
    }
    fprintf(stderr, "%ld MB\n", total >> 20);
    puts(total < 2L << 30 ? "contained" : "BREACH much in buffers");
    return 0;
}
