/* Put thousands of filters over its own calls, so that every one of them takes long in the kernel. */
#include "attempt.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>

int main(void) {
    static struct sock_filter steps[4000];
    for (int i = 0; i < 3999; i++) steps[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
    steps[3999] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {4000, steps};
    int made = 0;
    while (made < 1000 && prctl(PR_SET_SECCOMP, 2, &program) == 0) made++;
    for (int i = 0; i < 100; i++) kill(1, SIGKILL);
    puts(made < 1000 ? "contained" : "BREACH filters without end");
    return 0;
}
