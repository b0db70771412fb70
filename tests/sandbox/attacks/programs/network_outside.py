"""Reach the outside by TCP, UDP, a look-up of a name, raw sockets and another interface."""

import fcntl
import socket
import struct

from attempt import attempt, contained

attempt("tcp", lambda: socket.create_connection(("192.0.2.1", 80), 2))
attempt("tcp6", lambda: socket.create_connection(("2001:db8::1", 80), 2))
attempt("udp", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 53)))
attempt("udp6", lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM).sendto(b"x", ("2001:db8::1", 53)))
attempt("multicast", lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("224.0.0.251", 5353)))
attempt("metadata", lambda: socket.create_connection(("169.254.169.254", 80), 2))
attempt("name", lambda: socket.getaddrinfo("example.com", 80))
attempt("raw", lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP).sendto(b"x", ("192.0.2.1", 0)))
attempt("address", lambda: fcntl.ioctl(socket.socket(), 0x8916, struct.pack("16sH2s4s8s", b"lo", 2, b"", bytes(4), b"")))
attempt("tun", lambda: open("/dev/net/tun", "r+b", buffering=0))
others = [name for _, name in socket.if_nameindex() if name != "lo"]
if others:  # The kernel puts fallback devices of tunnels into every namespace where their modules are loaded.
    attempt("others up", lambda: fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sH22s", others[0].encode(), 1, b"")))
routes = open("/proc/net/route").read().splitlines()[1:]
print("BREACH routes" if routes else "no routes")
contained()
