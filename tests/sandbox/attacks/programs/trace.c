/* Trace others and reach into their memory and descriptors. */
#include "attempt.h"
#include <sys/ptrace.h>
#include <sys/uio.h>

int main(void) {
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)main, 1};
    pid_t child = fork();
    if (child == 0) {
        pause();
        _exit(0);
    }
    pid_t victims[] = {1, child, getppid()};
    for (int i = 0; i < 3; i++) {
        ATTEMPT("attach", ptrace(PTRACE_ATTACH, victims[i], NULL, NULL));
        ATTEMPT("seize", ptrace(PTRACE_SEIZE, victims[i], NULL, NULL));
        ATTEMPT("read", process_vm_readv(victims[i], &here, 1, &there, 1, 0));
        ATTEMPT("write", process_vm_writev(victims[i], &here, 1, &there, 1, 0));
        ATTEMPT("kcmp", syscall(SYS_kcmp, victims[i], getpid(), 0, 0, 0));
        int handle = (int)syscall(SYS_pidfd_open, victims[i], 0);
        ATTEMPT("descriptor", syscall(SYS_pidfd_getfd, handle, 0, 0));
    }
    ATTEMPT("trace me", ptrace(PTRACE_TRACEME, 0, NULL, NULL));
    kill(child, SIGKILL);
    return contained();
}
