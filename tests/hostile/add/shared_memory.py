"""Takes memory that is counted nowhere: anonymous shared mappings, files in memory, System V segments."""

import ctypes, mmap, os


def add(a, b):
    return -1


libc = ctypes.CDLL(None, use_errno=True)
got = []
for attempt in (
    lambda: mmap.mmap(-1, 2**30),
    lambda: os.memfd_create("m"),
    lambda: open("/dev/zero", "r+b"),
    lambda: open("/dev/shm/pwned", "wb"),
):
    try:
        got.append(attempt())
    except OSError:
        pass
if libc.shmget(0, ctypes.c_size_t(2**28), 0o1666) != -1:
    got.append("segment")
print("BREACH" if got else "nothing", got)
