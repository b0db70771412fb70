/* Lock memory and ask for huge pages. */
#include "attempt.h"

int main(void) {
    char *much = mmap(NULL, 64 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ATTEMPT("mlock", mlock(much, 64 << 20));
    ATTEMPT("locked", (long)mmap(NULL, 64 << 20, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0));
    ATTEMPT("huge", (long)mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0));
    ATTEMPT("secret", syscall(447, 0));
    return contained();
}
