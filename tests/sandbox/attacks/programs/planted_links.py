"""Put links, a FIFO, a socket, a folder and a closed file where files are collected."""

import os
import socket

os.symlink("/etc/passwd", "link")
os.symlink(os.environ["CANARY_SECRET_FILE"], "host")
os.symlink("/etc", "folder")
os.symlink("/proc/self/root/etc", "magic")
os.symlink("/proc/1/environ", "environment")
os.symlink("loop", "loop")
os.mkfifo("fifo")
os.mkdir("directory")
os.symlink("good", "inner")
socket.socket(socket.AF_UNIX).bind("socket")
open("closed", "w").close()
os.chmod("closed", 0)
open("good", "w").write("good")
