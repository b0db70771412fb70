/* Make namespaces of its own, enter others, and become somebody in them. */
#include "attempt.h"
#include <sched.h>

static const int kinds[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET, CLONE_NEWIPC, CLONE_NEWUTS, CLONE_NEWCGROUP, 0x80};
static const char *names[] = {"user", "mnt", "pid", "net", "ipc", "uts", "cgroup", "time"};

static int child(void *nothing) {
    (void)nothing;
    return 0;
}

int main(void) {
    static char stack[65536] __attribute__((aligned(16)));
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char path[64];
        ATTEMPT("unshare", unshare(kinds[i]));
        ATTEMPT("unshare user and", unshare(CLONE_NEWUSER | kinds[i]));
        if (kinds[i] != 0x80) {  // In clone this bit belongs to the signal.
            ATTEMPT("clone", clone(child, stack + sizeof stack, kinds[i] | SIGCHLD, NULL));
            ATTEMPT("clone user and", clone(child, stack + sizeof stack, CLONE_NEWUSER | kinds[i] | SIGCHLD, NULL));
        }
        snprintf(path, sizeof path, "/proc/1/ns/%s", names[i]);
        ATTEMPT(path, setns(open(path, O_RDONLY), 0));
    }
    struct { uint64_t words[11]; } clone3 = {{CLONE_NEWUSER, 0, 0, 0, SIGCHLD}};
    ATTEMPT("clone3", syscall(SYS_clone3, &clone3, sizeof clone3));
    if (errno != ENOSYS) puts("clone3 is there");
    ATTEMPT("setns by process", setns((int)syscall(SYS_pidfd_open, 1, 0), CLONE_NEWNS | CLONE_NEWNET));
    ATTEMPT("sethostname", sethostname("x", 1));
    ATTEMPT("setdomainname", setdomainname("x", 1));
    return contained();
}
