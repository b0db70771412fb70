"""Find a process that is not the program's own, and descriptors that nobody meant to hand over."""

import os

processes = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
own = {1, os.getpid(), os.getppid()}
for process in processes:
    if process not in own:
        print("BREACH process", process, open(f"/proc/{process}/cmdline").read())
held = sorted(int(name) for name in os.listdir("/proc/self/fd"))[:-1]
if held != [0, 1, 2]:
    print("BREACH descriptors", held)
names = os.listdir("/proc/1/fd") if os.access("/proc/1/fd", os.R_OK) else ()
for name in names:
    try:
        if os.readlink(f"/proc/1/fd/{name}").startswith(("socket", "/")) and name not in "012":
            print("BREACH init holds", os.readlink(f"/proc/1/fd/{name}"))
    except OSError:
        continue
for folder in ("/proc/sysvipc/shm", "/proc/sysvipc/sem", "/proc/sysvipc/msg"):
    if os.path.exists(folder) and len(open(folder).readlines()) > 1:
        print("BREACH", folder)
print("alone")
