/* Make calls that only an administrator has a use for, or that were the way into many a kernel. */
#include "attempt.h"
#include <sys/ioctl.h>
#include <pty.h>

int main(void) {
    char page[4096] = {0};
    ATTEMPT("bpf", syscall(SYS_bpf, 0, page, 72));
    ATTEMPT("perf", syscall(SYS_perf_event_open, page, 0, -1, -1, 0));
    ATTEMPT("userfaultfd", syscall(SYS_userfaultfd, 0));
    ATTEMPT("userfaultfd for users", syscall(SYS_userfaultfd, 1));
    ATTEMPT("io_uring", syscall(SYS_io_uring_setup, 8, page));
    if (errno != ENOSYS) puts("io_uring is there");  // Libraries go another way only where it is absent.
    ATTEMPT("io_uring_enter", syscall(SYS_io_uring_enter, 0, 1, 0, 0, NULL, 0));
    ATTEMPT("io_uring_register", syscall(SYS_io_uring_register, 0, 0, NULL, 0));
    ATTEMPT("init_module", syscall(SYS_init_module, page, 4096, ""));
    ATTEMPT("finit_module", syscall(SYS_finit_module, 0, "", 0));
    ATTEMPT("delete_module", syscall(SYS_delete_module, "loop", 0));
    ATTEMPT("kexec", syscall(SYS_kexec_load, 0, 0, NULL, 0));
    ATTEMPT("reboot", syscall(SYS_reboot, 0xfee1dead, 672274793, 0x89abcdef, NULL));
    ATTEMPT("acct", syscall(SYS_acct, "/tmp/x"));
    ATTEMPT("syslog", syscall(SYS_syslog, 3, page, 4096));
    ATTEMPT("name_to_handle", syscall(SYS_name_to_handle_at, AT_FDCWD, "/usr", page, page + 2048, 0));
    ATTEMPT("open_by_handle", syscall(SYS_open_by_handle_at, AT_FDCWD, page, 0));
    ATTEMPT("fanotify", syscall(SYS_fanotify_init, 0, 0));
    ATTEMPT("vhangup", syscall(SYS_vhangup));
    ATTEMPT("lookup_dcookie", syscall(SYS_lookup_dcookie, 0L, page, 4096L));
    ATTEMPT("move_pages", syscall(SYS_move_pages, 0, 0L, NULL, NULL, NULL, 0));
#ifdef __x86_64__
    ATTEMPT("iopl", syscall(SYS_iopl, 3));
    ATTEMPT("ioperm", syscall(SYS_ioperm, 0x80, 1, 1));
    ATTEMPT("modify_ldt", syscall(SYS_modify_ldt, 1, page, 16));
    pid_t child = fork();  // Some filters end whoever calls by the numbers of another architecture.
    if (child == 0) _exit(syscall(0x40000000 | SYS_getpid) == -1 ? 0 : 1);
    int end;
    waitpid(child, &end, 0);
    ATTEMPT("x32", WIFEXITED(end) && WEXITSTATUS(end) == 1 ? 0 : -1);
#else
    refused += 4;
#endif
    int master, slave;
    if (openpty(&master, &slave, NULL, NULL, NULL) == 0) {
        ATTEMPT("type into a terminal", ioctl(slave, TIOCSTI, "x"));
        ATTEMPT("paste into a terminal", ioctl(slave, TIOCLINUX, "\3"));
    } else {
        refused += 2;
    }
    ATTEMPT("device", mknod("/tmp/device", S_IFBLK | 0666, 0x800));
    ATTEMPT("memory device", mknod("/tmp/memory", S_IFCHR | 0666, 0x101));
    return contained();
}
