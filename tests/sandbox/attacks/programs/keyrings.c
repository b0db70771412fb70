/* Leave keys in keyrings of the kernel, or read those of others. */
#include "attempt.h"

int main(void) {
    static const long rings[] = {-1, -2, -3, -4, -5};
    for (int i = 0; i < 5; i++) {
        ATTEMPT("add_key", syscall(SYS_add_key, "user", "canary", "x", 1L, rings[i]));
        ATTEMPT("get id", syscall(SYS_keyctl, 0L, rings[i], 1L));
        ATTEMPT("read", syscall(SYS_keyctl, 11L, rings[i], NULL, 0L));
        ATTEMPT("search", syscall(SYS_keyctl, 10L, rings[i], "user", "canary", 0L));
    }
    ATTEMPT("join session", syscall(SYS_keyctl, 1L, "canary"));
    ATTEMPT("request_key", syscall(SYS_request_key, "user", "canary", "x", -3L));
    return contained();
}
