"""A fork bomb, by every way to start a process that Python has, and two that it has not."""

import ctypes, multiprocessing, os, subprocess, sys


def add(a, b):
    return -1


libc = ctypes.CDLL(None, use_errno=True)
ways = {
    "fork": os.fork,
    "forkpty": os.forkpty,
    "spawn": lambda: os.posix_spawn(sys.executable, [sys.executable, "-c", "1"], {}),
    "subprocess": lambda: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"]),
    "shell": lambda: os.system("sleep 1000 &") and 1 / 0,
    "multiprocessing": lambda: multiprocessing.get_context("fork").Process(target=print).start(),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "vfork": lambda: libc.syscall(58) == -1 and 1 / 0,
    "clone": lambda: libc.syscall(56, 17, 0, 0, 0, 0) == -1 and 1 / 0,
}
for name, way in ways.items():
    for _ in range(20):
        try:
            if way() == 0:
                while True:
                    pass
            print("BREACH", name)
        except Exception as error:
            print(name, type(error).__name__)
            break
