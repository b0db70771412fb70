"""Read files of the host: by name, through /proc, by climbing out of open folders, by devices and by links."""

import os

from attempt import attempt, contained

secret = os.environ["CANARY_SECRET_FILE"]
names = (secret, "/etc/shadow", "/root", "/home", "/work", "/mnt", "/boot", "/var/lib", "/etc/machine-id", "/etc/ssh")
for name in names:
    for start in ("", "/proc/1/root", "/proc/self/root", "/proc/1/cwd/..", "/proc/thread-self/root", "/tmp/../.."):
        attempt(start + name, os.stat, start + name)
for device in ("mem", "kmem", "port", "sda", "vda", "nvme0n1", "loop0", "kvm", "fuse", "kmsg", "cpu/0/msr", "dri/card0"):
    attempt(device, os.open, f"/dev/{device}", os.O_RDONLY)
for name in ("/proc/kcore", "/proc/1/mem_", "/proc/kpagecount", "/proc/kpageflags", "/proc/vmallocinfo", "/proc/slabinfo"):
    attempt(name, lambda name=name: os.read(os.open(name, os.O_RDONLY), 1))

# Climbing: a folder that was opened before it was moved has another way up.
os.makedirs("/tmp/a/b/c")
handle = os.open("/tmp/a/b/c", os.O_RDONLY)
os.rename("/tmp/a/b/c", "/tmp/c")
for _ in range(40):
    handle = os.open("..", os.O_RDONLY, dir_fd=handle)
for name in names:
    attempt("climb" + name, lambda name=name: os.stat(name[1:], dir_fd=handle))
attempt("chroot", os.chroot, "/tmp")
os.symlink(secret, "/tmp/link")
attempt("link", os.stat, "/tmp/link")
attempt("hard link", os.link, "/usr/bin/env", "/tmp/env")
seen = set(os.listdir("/"))
print("BREACH " + str(seen) if seen & {"work", "root", "home", "boot", "data", "mnt", "srv"} else "nothing to see")
contained()
