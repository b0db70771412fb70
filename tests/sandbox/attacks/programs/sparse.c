/* Files with holes: of a terabyte by truncation, by seeking and by allocation; and one to be collected. */
#include "attempt.h"

int main(void) {
    signal(SIGXFSZ, SIG_IGN);
    int file = open("hole", O_RDWR | O_CREAT, 0600);
    ATTEMPT("truncate", ftruncate(file, 1L << 40));
    ATTEMPT("allocate", fallocate(file, 0, 0, 1L << 40));
    ATTEMPT("write far away", pwrite(file, "x", 1, 1L << 40));
    if (ftruncate(file, 8000000) != 0) puts("not even small");
    pwrite(file, "end", 3, 7999997);
    return contained();
}
