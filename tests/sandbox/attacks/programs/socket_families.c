/* Open a socket of every family: VSOCK and its like know no network namespace. Others than four must be refused. */
#include "attempt.h"

int main(void) {
    for (int family = 0; family < 64; family++) {
        if (family == AF_UNIX || family == AF_INET || family == AF_INET6 || family == AF_NETLINK) continue;
        for (int type = 1; type <= 5; type++) {
            int got = socket(family, type, 0), pair[2];
            if (got >= 0) printf("BREACH socket family %d type %d\n", family, type);
            if (socketpair(family, type, 0, pair) == 0) printf("BREACH pair of family %d\n", family);
        }
    }
    return contained();
}
