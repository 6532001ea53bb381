"""Kills, stops, traces or reads its parent, the judge and everything else."""

import ctypes, os, signal


def add(a, b):
    return -1


libc = ctypes.CDLL(None, use_errno=True)
own = os.getpid()
numbers = {os.getppid(), 1, -1, -own, *range(own - 30, own), *range(own + 1, own + 30)}
buffer = ctypes.create_string_buffer(64)
for number in numbers:
    for name, attempt in {
        "kill": lambda: os.kill(number, signal.SIGKILL) or 0,
        "stop": lambda: os.kill(number, signal.SIGSTOP) or 0,
        "group": lambda: os.killpg(abs(number), signal.SIGKILL) or 0,
        "attach": lambda: libc.ptrace(16, number, 0, 0),
        "seize": lambda: libc.ptrace(0x4206, number, 0, 0),
        "read": lambda: libc.process_vm_readv(number, buffer, 1, buffer, 1, 0),
        "pidfd": lambda: os.pidfd_open(number),
        "limits": lambda: libc.prlimit(number, 7, buffer, None),
        "priority": lambda: os.setpriority(os.PRIO_PROCESS, number, 19) or 0,
        "group priority": lambda: os.setpriority(os.PRIO_USER, 0, 19) or 0,
    }.items():
        try:
            if attempt() >= 0:
                print("BREACH", name, number)
        except (OSError, OverflowError):
            pass
