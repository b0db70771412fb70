"""Leave a daemon that holds the output open and writes to it for ever."""

import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        print("daemon", flush=True)
        while True:
            time.sleep(0.01)
            os.write(2, b".")
    os._exit(0)
os.wait()
time.sleep(0.1)
print("main")
