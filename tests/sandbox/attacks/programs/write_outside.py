"""Write, rename, remove and change files that are not the program's own."""

import os

from attempt import attempt, contained

for name in ("/x", "/usr/x", "/etc/x", "/dev/x", "/proc/x", "/usr/bin/x", "/lib/x", os.environ["CANARY_FOLDER"] + "/x",
             "/proc/1/root" + os.environ["CANARY_FOLDER"] + "/x"):
    attempt(name, os.open, name, os.O_WRONLY | os.O_CREAT, 0o644)
    attempt("mkdir " + name, os.mkdir, name)
for name in ("/usr/bin/env", "/etc/passwd", "/usr/bin/python3", "/etc/ld.so.cache", os.environ["CANARY_FILE"]):
    attempt("write " + name, os.open, name, os.O_RDWR)
    attempt("remove " + name, os.unlink, name)
    attempt("rename " + name, os.rename, name, name + "x")
    attempt("mode " + name, os.chmod, name, 0o777)
    attempt("owner " + name, os.chown, name, os.getuid(), os.getgid())
    attempt("times " + name, os.utime, name)
    attempt("attribute " + name, os.setxattr, name, "user.x", b"x")
contained()
