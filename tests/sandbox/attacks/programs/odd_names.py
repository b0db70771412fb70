"""Write files whose names are no UTF-8, have line breaks, look like options, or are as long as they can be."""

import os

names = [b"caf\xe9", b"new\nline", b"-rf", b"\xff\xfe\x80", b"\x1b[31m", b" ", b"x" * 255, b"\xed\xa0\x80", "\u202e".encode()]
for name in names:
    with open(b"/tmp/" + name, "wb") as file:
        file.write(name)
os.makedirs(b"/tmp/\xff/\xff")
open(b"/tmp/\xff/\xff/\xff", "w").close()
os.mkfifo(b"/tmp/fifo\xff")
print("written")
