/* Mount, unmount, move and leave the root, by the old calls and by the new ones. */
#include "attempt.h"
#include <sys/mount.h>

int main(void) {
    mkdir("m", 0755);
    ATTEMPT("tmpfs", mount("none", "m", "tmpfs", 0, ""));
    ATTEMPT("proc", mount("none", "m", "proc", 0, ""));
    ATTEMPT("sysfs", mount("none", "m", "sysfs", 0, ""));
    ATTEMPT("cgroup", mount("none", "m", "cgroup", 0, "memory"));
    ATTEMPT("cgroup2", mount("none", "m", "cgroup2", 0, ""));
    ATTEMPT("overlay", mount("none", "m", "overlay", 0, "lowerdir=/usr,upperdir=/tmp,workdir=/tmp/m"));
    ATTEMPT("bind", mount("/usr", "m", NULL, MS_BIND, NULL));
    ATTEMPT("remount", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
    ATTEMPT("remount root", mount(NULL, "/", NULL, MS_REMOUNT, NULL));
    ATTEMPT("larger", mount(NULL, "/tmp", NULL, MS_REMOUNT, "size=10g"));
    ATTEMPT("shared", mount(NULL, "/", NULL, MS_SHARED | MS_REC, NULL));
    ATTEMPT("move", mount("/proc", "m", NULL, MS_MOVE, NULL));
    ATTEMPT("umount", umount2("/proc", MNT_DETACH));
    ATTEMPT("umount /tmp", umount2("/tmp", MNT_DETACH));
    ATTEMPT("umount /usr", umount2("/usr", MNT_DETACH));
    ATTEMPT("chroot", chroot("/tmp"));
    ATTEMPT("pivot_root", syscall(SYS_pivot_root, ".", "."));
    ATTEMPT("open_tree", syscall(SYS_open_tree, AT_FDCWD, "/", 1));
    ATTEMPT("fsopen", syscall(SYS_fsopen, "tmpfs", 0));
    ATTEMPT("fspick", syscall(SYS_fspick, AT_FDCWD, "/", 0));
    ATTEMPT("move_mount", syscall(SYS_move_mount, AT_FDCWD, "/usr", AT_FDCWD, "m", 0));
    ATTEMPT("mount_setattr", syscall(442, AT_FDCWD, "/", 0, NULL, 0));
    ATTEMPT("swapon", syscall(SYS_swapon, "/tmp/x", 0));
    ATTEMPT("quotactl", syscall(SYS_quotactl, 0, "/dev/x", 0, NULL));
    return contained();
}
