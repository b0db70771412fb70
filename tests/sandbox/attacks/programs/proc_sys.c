/* Change every setting below /proc/sys, and pull the levers beside it. Only settings of one's own namespaces may give. */
#include "attempt.h"
#include <ftw.h>

static const char *own[] = {"/proc/sys/fs/mqueue/", "/proc/sys/kernel/auto_msgmni", "/proc/sys/kernel/msg", "/proc/sys/kernel/sem",
                            "/proc/sys/kernel/shm", "/proc/sys/kernel/ns_last_pid", "/proc/sys/kernel/pid_max"};
static int seen;

static int visit(const char *path, const struct stat *status, int kind, struct FTW *at) {
    (void)status, (void)at;
    if (kind != FTW_F) return 0;
    seen++;
    int setting = open(path, O_WRONLY);
    if (setting < 0) return 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strncmp(path, own[i], strlen(own[i])) == 0) {
            (void)!write(setting, "12345\n", 6);
            close(setting);
            return 0;
        }
    printf("BREACH %s\n", path);
    close(setting);
    return 0;
}

static long pull(const char *path) {
    int lever = open(path, O_WRONLY);
    return lever < 0 ? -1 : write(lever, "0 0 1\n", 6);
}

int main(void) {
    nftw("/proc/sys", visit, 32, FTW_PHYS);
    if (seen < 50) printf("too few settings: %d\n", seen);
    static const char *levers[] = {"/proc/sysrq-trigger", "/proc/irq/default_smp_affinity", "/proc/mtrr", "/proc/sys/kernel/core_pattern",
                                   "/proc/sys/vm/drop_caches", "/proc/sys/kernel/modprobe", "/proc/sys/fs/binfmt_misc/register",
                                   "/proc/self/uid_map", "/proc/self/gid_map", "/proc/1/uid_map", "/proc/acpi/wakeup", "/proc/scsi/scsi"};
    for (size_t i = 0; i < sizeof levers / sizeof *levers; i++) ATTEMPT(levers[i], pull(levers[i]));
    return contained();
}
