"""Fill every place that can be written to, and one file beyond the largest."""

import os

from attempt import attempt, contained


def fill(folder):
    """Write files until it fails."""
    for number in range(100):
        with open(f"{folder}/{number}", "wb", buffering=0) as file:
            for _ in range(40):
                if file.write(bytes(100_000)) < 100_000:
                    file.write(b"x")


for folder in ("/tmp", "/dev/shm"):
    attempt(folder, fill, folder)
    written = sum(os.stat(f"{folder}/{name}").st_size for name in os.listdir(folder))
    if written > 24_000_000:
        print("BREACH more than there is:", written)
    for name in os.listdir(folder):
        if name.isdigit():
            os.unlink(f"{folder}/{name}")
attempt("large", os.truncate, "/tmp/attempt.py", 16_000_001)
attempt("other folders", os.open, "/var/tmp/x", os.O_CREAT)
contained()
