"""Gets out of the sandbox from inside: new namespaces, mounts, users, filters, and old ways to call the kernel."""

import ctypes, os


def add(a, b):
    return -1


libc = ctypes.CDLL(None, use_errno=True)
calls = {
    "unshare": lambda: libc.unshare(0x10000000),
    "setns": lambda: libc.setns(3, 0),
    "mount": lambda: libc.mount(b"x", b".", b"tmpfs", 0, None),
    "umount": lambda: libc.umount2(os.getcwd().encode(), 2),
    "setuid": lambda: libc.setuid(65534),
    "bpf": lambda: libc.syscall(321, 0, None, 0),
    "io_uring": lambda: libc.syscall(425, 8, None),
    "userfaultfd": lambda: libc.syscall(323, 0),
    "open_by_handle": lambda: libc.syscall(304, 3, None, 0),
    "dumpable": lambda: libc.prctl(4, 1, 0, 0, 0),
    "keyctl": lambda: libc.syscall(250, 0, 0, 0, 0, 0),
    "personality": lambda: libc.personality(0x0040000),
    "perf": lambda: libc.syscall(298, None, 0, -1, -1, 0),
    "chmod": lambda: (
        0
        if os.path.exists("__COURSE__/home/secret.txt") and os.chmod("__COURSE__/home/secret.txt", 0o777)
        else -1
    ),
}
for name, call in calls.items():
    try:
        if call() >= 0:
            print("BREACH", name)
    except (OSError, AttributeError):
        pass
