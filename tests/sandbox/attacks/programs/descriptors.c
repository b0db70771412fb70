/* Open all that can be opened, and send descriptors inside of sockets inside of sockets. */
#include "attempt.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

int main(void) {
    int made = 0, pair[2];
    for (int round = 0; round < 200; round++) {
        if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair) < 0) break;
        for (int i = 0; i < 10; i++) {
            char space[CMSG_SPACE(2 * sizeof(int))] = {0}, byte = 'x';
            struct iovec part = {&byte, 1};
            struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(2 * sizeof(int));
            memcpy(CMSG_DATA(header), pair, sizeof pair);
            sendmsg(pair[0], &message, 0);
        }
        close(pair[0]), close(pair[1]);
    }
    for (; made < 100000; made++) {
        int got = made % 5 == 0   ? epoll_create1(0)
                  : made % 5 == 1 ? inotify_init1(0)
                  : made % 5 == 2 ? eventfd(0, 0)
                  : made % 5 == 3 ? timerfd_create(CLOCK_MONOTONIC, 0)
                                  : open("/dev/null", O_RDONLY);
        if (got < 0 && errno == EMFILE) break;
    }
    puts(made < 5000 ? "contained" : "BREACH descriptors without end");
    return 0;
}
