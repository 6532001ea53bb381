"""Tells somebody outside: TCP, UDP, sockets in files and abstract ones, names, raw packets."""

import os, socket, urllib.request


def add(a, b):
    return -1


attempts = {
    "tcp": lambda: socket.create_connection(("127.0.0.1", __TCP__), timeout=1),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"hello", ("127.0.0.1", __UDP__)),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect("__COURSE__/socket"),
    "abstract": lambda: socket.socket(socket.AF_UNIX).connect("\0__MARK__"),
    "datagram pair": lambda: socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(
        b"hello", "__COURSE__/datagrams"
    ),
    "pair": lambda: socket.socketpair()[0].sendto(b"hello", "__COURSE__/datagrams") * 0 + 1 / 0,
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0),
    "listen": lambda: socket.create_server(("127.0.0.1", 0)),
    "name": lambda: socket.gethostbyname("example.com"),
    "web": lambda: urllib.request.urlopen("http://127.0.0.1:__TCP__/", timeout=1),
    "from socket": lambda: socket.fromfd(3, socket.AF_INET, socket.SOCK_STREAM).connect(
        ("127.0.0.1", __TCP__)
    ),
}
for name, attempt in attempts.items():
    try:
        attempt()
        print("BREACH", name)
    except Exception as error:
        print(name, type(error).__name__)
