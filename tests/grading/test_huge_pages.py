"""Huge pages hold what the small ones held, and a fork inherits it."""

import platform
import re
import subprocess
import sys

PAGES = """
import os, re
from autograder.running.huge_pages import HUGE, collapse

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


def test_memory_is_in_huge_pages_afterwards_and_unchanged():
    done = subprocess.run([sys.executable, "-c", PAGES], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    version = tuple(map(int, re.match(r"(\d+)\.(\d+)", platform.release()).groups()))
    assert int(done.stdout) >= 25 or version < (6, 1), f"{done.stdout} huge pages on Linux {version}"
