"""Reach services of the host: its loopback by TCP and UDP, its sockets in files and in the abstract namespace."""

import os
import socket

from attempt import attempt, contained

port, datagrams = int(os.environ["CANARY_TCP"]), int(os.environ["CANARY_UDP"])


def by_datagram():
    """A datagram to a port without a listener is refused when the answer comes."""
    line = socket.socket(type=socket.SOCK_DGRAM)
    line.settimeout(1)
    line.connect(("127.0.0.1", datagrams))
    line.send(b"x")
    return line.recv(1)


def by_file(path):
    """Connect to a socket in a file."""
    return socket.socket(socket.AF_UNIX).connect(path)


attempt("tcp", lambda: socket.create_connection(("127.0.0.1", port), 1))
attempt("tcp by name", lambda: socket.create_connection(("localhost", port), 1))
attempt("tcp any", lambda: socket.create_connection(("0.0.0.0", port), 1))
attempt("udp", by_datagram)
for start in ("", "/proc/1/root", "/proc/self/root/.."):
    attempt("unix" + start, by_file, start + os.environ["CANARY_UNIX"])
attempt("abstract", by_file, "\0" + os.environ["CANARY_ABSTRACT"])
for path in ("/run/docker.sock", "/var/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/private", "/dev/log"):
    attempt(path, by_file, path)
contained()
