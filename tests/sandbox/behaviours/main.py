# ruff: noqa: T201 - a program whose output is what is looked at
import os
import shutil
import signal
import socket
import sys
import threading
import time
from pathlib import Path

mode, *words = sys.argv[1:] or ["print"]
if mode == "print":
    print("hello")
elif mode == "greet":
    print(f"hello {input()}!")
elif mode == "copy":
    shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)
elif mode == "arguments":
    print(*words, sep="\n")
elif mode == "read":
    print(Path("data/in.txt").read_text(), end="")
elif mode == "write":
    Path("out.txt").write_text("written ü\n")
elif mode == "exit":
    sys.exit(int(words[0]))
elif mode == "assert":
    assert 1 + 1 == 3
elif mode == "uncaught":
    raise RuntimeError("went wrong")
elif mode == "crash":
    os.kill(os.getpid(), signal.SIGSEGV)
elif mode == "loop":
    while True:
        pass
elif mode == "much":
    print("x" * int(words[0]), end="")
elif mode == "memory":
    kept = []
    while True:
        kept.append(b"x" * 2**20)
elif mode == "sleep":
    time.sleep(0.4)
    print("awake")
elif mode == "spawn":
    answers: list[int] = []
    threads = [threading.Thread(target=answers.append, args=(number * 10,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(sum(answers))
elif mode == "listen":
    with socket.create_server(("", 45678)):
        with Path("mine.txt").open("x") as file:
            file.write(words[0])
        time.sleep(0.4)
        print(Path("mine.txt").read_text(), end="")
