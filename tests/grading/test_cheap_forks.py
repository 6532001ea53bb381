"""Huge pages hold what the small ones held, and a fork inherits it; no free block is left between others."""

import ctypes
import platform
import re
import subprocess
import sys

import pytest

PAGES = """
import os, re
from autograder.running.cheap_forks import HUGE, collapse

def huge():
    with open("/proc/self/smaps_rollup") as file:
        return int(re.search(r"^AnonHugePages: +(\\d+) kB", file.read(), re.M)[1]) << 10

data = bytearray(os.urandom(1 << 16) * 1024)  # 64 MB
before, kept = huge(), hash(bytes(data))
collapse()
assert hash(bytes(data)) == kept
child = os.fork()
if not child:
    data[:: 1 << 12] = bytes(len(data) >> 12)
    os._exit(hash(bytes(data)) == kept)
assert os.waitpid(child, 0)[1] == 0
assert hash(bytes(data)) == kept
print((huge() - before) // HUGE)
"""

HOLES = """
import ctypes
from autograder.running.cheap_forks import MallocInfo, fill_holes

libc = ctypes.CDLL(None)
libc.mallinfo2.restype = MallocInfo
libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]

def free():
    found = libc.mallinfo2()
    return found.fordblks - found.keepcost  # bytes between blocks in use

blocks = [libc.malloc(100 + number) for number in range(4000)]
for block in blocks[::2]:
    libc.free(block)
before = free()
fill_holes()
print(before, free())
"""


def test_memory_is_in_huge_pages_afterwards_and_unchanged():
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    version = tuple(map(int, re.match(r"(\d+)\.(\d+)", platform.release()).groups()))
    assert int(done.stdout) >= 25 or version < (6, 1), f"{done.stdout} huge pages on Linux {version}"


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallinfo2"), reason="the C library is not glibc, or old")
def test_no_free_block_is_left_between_those_in_use():
    done = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    before, after = map(int, done.stdout.split())
    assert before > 4_000_000 / 2
    assert after < before / 100
