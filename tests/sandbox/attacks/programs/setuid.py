"""Gain rights by setuid programs of the system, by making one, by capabilities on files and by asking for them."""

import ctypes
import glob
import os
import shutil
import stat
import subprocess

from attempt import attempt, contained

me = (os.getuid(), os.getgid())
attempt("setuid", os.setuid, 0)
attempt("setgid", os.setgid, 0)
attempt("setresuid", os.setresuid, 0, 0, 0)
attempt("setgroups", os.setgroups, [0])
shutil.copy("/usr/bin/id", "/tmp/id")
os.chmod("/tmp/id", 0o6755)
if subprocess.run(["/tmp/id", "-u"], capture_output=True).stdout.split() != [str(me[0]).encode()]:
    print("BREACH own setuid")
attempt("file capability", os.setxattr, "/tmp/id", "security.capability", bytes.fromhex("0100000200200000000000000000000000000000"))
attempt("owner", os.chown, "/tmp/id", 0, 0)
status = dict(line.rstrip("\n").split(":\t", 1) for line in open("/proc/self/status"))
if any(int(status[f"Cap{kind}"], 16) for kind in ("Inh", "Prm", "Eff", "Amb")) or status["NoNewPrivs"] != "1":
    print("BREACH", status)
libc = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    """Call a function of the C library that returns -1 where it fails."""
    if getattr(libc, function)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "refused")


header, everything = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)(*([0xFFFFFFFF] * 6))
attempt("capset", call, "capset", header, everything)
attempt("ambient", call, "prctl", 47, 2, 21, 0, 0)
attempt("no new privileges", call, "prctl", 38, 0, 0, 0, 0)
attempt("secure bits", call, "prctl", 28, 1, 0, 0, 0)
helpers = ["/usr/lib/dbus-1.0/dbus-daemon-launch-helper", "/usr/lib/openssh/ssh-keysign", "/usr/sbin/unix_chkpwd"]
for name in glob.glob("/usr/bin/*") + helpers:
    if os.path.isfile(name) and os.stat(name).st_mode & (stat.S_ISUID | stat.S_ISGID):
        try:
            process = subprocess.Popen([name, "--help"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except PermissionError:
            continue
        try:
            if os.stat(f"/proc/{process.pid}").st_uid != os.stat("/proc/self").st_uid:
                print("BREACH", name)
        except FileNotFoundError:
            pass
        process.kill()
        process.wait()
attempt("su", lambda: open("/etc/shadow"))
contained()
