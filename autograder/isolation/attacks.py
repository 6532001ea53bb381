"""What a hostile submission may try: each attack returns what it gained, or raises when it is refused.

Without a sandbox all succeed for root, which the tests check. They change nothing but their `Ground`.
"""

import ctypes
import errno
import fcntl
import mmap
import os
import resource
import signal
import socket
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from autograder.isolation import system_calls
from autograder.isolation.battleground import SECRET, Ground

MB = 1024 * 1024
MEMORY, FILE, FILES, OPEN_FILES, THREADS, CPU = 64 * MB, 4 * MB, 16 * MB, 64, 64, 1  # the limits to be broken
SEIZE = 0x4206  # ptrace
GET_PID_32_BITS = bytes.fromhex("b814000000cd80c3")  # mov eax, 20; int 0x80; ret

_libc = ctypes.CDLL(None, use_errno=True)


Attack = Callable[[Ground], object]


def kernel(name: str, *arguments: object) -> Attack:
    """Make an attack that only reaches a system call; that its arguments are wrong does not matter."""

    def attack(ground: Ground) -> str:
        seccomp = system_calls.library()
        number = system_calls.NUMBERS.get(name) or seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        return called(_libc.syscall(number, *arguments))

    return attack


def called(result: int) -> str:
    """Raise OSError if a C function was refused; any other error means that it was reached."""
    if result == -1 and ctypes.get_errno() in (errno.EPERM, errno.EACCES, errno.ENOSYS):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return "reached"


def read_by_link(ground: Ground) -> bytes:
    Path("link").symlink_to(ground.secret)
    return Path("link").read_bytes()


def read_by_hard_link(ground: Ground) -> bytes:
    os.link(ground.secret, "link")
    return Path("link").read_bytes()


def rename_over(ground: Ground) -> None:
    Path("mine").write_text("mine")
    os.replace("mine", ground.folder / "empty")


def change_mode(ground: Ground) -> str:
    mode = ground.secret.stat().st_mode
    os.chmod(ground.secret, 0o640)
    return changed(mode, ground.secret.stat().st_mode)


def change_times(ground: Ground) -> str:
    os.utime(ground.secret, (1, 1))
    return changed(False, ground.secret.stat().st_mtime == 1)


def changed(before: object, after: object) -> str:
    """Raise OSError if nothing changed."""
    if before == after:
        raise OSError("nothing changed")
    return "changed"


def connect(family: int, kind: int, address: Callable[[Ground], object]) -> Attack:
    """Make an attack that connects a socket."""

    def attack(ground: Ground) -> None:
        socket.socket(family, kind).connect(address(ground))

    return attack


def send_datagram(ground: Ground) -> None:
    ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ends[0].sendmsg([b"told"], [], 0, str(ground.folder / "datagrams"))


def read_memory(ground: Ground) -> bytes:
    target = ctypes.create_string_buffer(len(SECRET))
    here = (ctypes.c_void_p * 2)(ctypes.addressof(target), len(SECRET))
    there = (ctypes.c_void_p * 2)(ground.address, len(SECRET))
    called(_libc.process_vm_readv(ground.victim, here, 1, there, 1, 0))
    return target.raw


def fork(ground: Ground) -> int:
    child = os.fork()
    if child == 0:
        os._exit(0)
    return child


def clone(ground: Ground) -> int:
    seccomp = system_calls.library()
    number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, "clone")
    child = _libc.syscall(number, signal.SIGCHLD, 0, 0, 0, 0)
    if child == 0:
        os._exit(0)
    called(child)
    return child


def other_convention(ground: Ground) -> int:
    if os.uname().machine != "x86_64":
        raise OSError("this kind of processor has no second convention")
    code = mmap.mmap(-1, 4096, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, 7)
    code.write(GET_PID_32_BITS)
    return ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()


def map_memory(flags: int) -> Attack:
    """Make an attack that maps memory of a kind that RLIMIT_DATA does not count."""

    def attack(ground: Ground) -> mmap.mmap:
        return mmap.mmap(-1, 2 * MEMORY, flags)

    return attack


def map_addresses(ground: Ground) -> mmap.mmap:
    return mmap.mmap(-1, 1 << 40, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)


def map_zeros(ground: Ground) -> mmap.mmap:
    with open("/dev/zero", "rb") as file:
        return mmap.mmap(file.fileno(), 2 * MEMORY, mmap.MAP_SHARED, mmap.PROT_READ)


def raise_limit(ground: Ground) -> None:
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    changed(hard, None)


def many_files(ground: Ground) -> str:
    content = bytes(FILE // 2)
    for number in range(2 * FILES // len(content)):
        Path(str(number)).write_bytes(content)
    return f"{2 * FILES} bytes"


def many_open_files(ground: Ground) -> list:
    return [os.open(os.devnull, os.O_RDONLY) for _ in range(2 * OPEN_FILES)]


def many_threads(ground: Ground) -> str:
    threading.stack_size(65536)
    done = threading.Event()
    try:
        for _ in range(4 * THREADS):
            threading.Thread(target=done.wait, daemon=True).start()
    finally:
        done.set()
    return f"{4 * THREADS} threads"


def endless_loop(ground: Ground) -> str:
    signal.signal(signal.SIGXCPU, signal.SIG_IGN)
    while resource.getrusage(resource.RUSAGE_SELF).ru_utime < 3 * CPU:
        pass
    return "more time than allowed"


RARE = {
    "unshare": (0x10000000,),
    "setns": (-1, 0),
    "mount": (None, None, None, 0, None),
    "chroot": (None,),
    "keyctl": (0, -3, 0),
    "bpf": (0, None, 0),
    "perf_event_open": (None, 0, -1, -1, 0),
    "userfaultfd": (1,),
    "io_uring_setup": (1, None),
    "personality": (0xFFFFFFFF,),
    "shmget": (0, 0, 0),
    "msgget": (1, 0),
    "mq_open": (None, 0, 0, None),
    "seccomp": (0, 1, None),
    "capset": (None, None),
}

INTERNET, UNIX, STREAM, DATAGRAM = socket.AF_INET, socket.AF_UNIX, socket.SOCK_STREAM, socket.SOCK_DGRAM

# What is promised, whether grading is refused without it, and the attacks that would break the promise.
GUARANTEES: list[tuple[str, bool, dict[str, Attack]]] = [
    ("Files outside cannot be read", True, {
        "open": lambda ground: ground.secret.read_bytes(),
        "list a folder": lambda ground: os.listdir(ground.folder),
        "user names": lambda ground: Path("/etc/passwd").read_bytes(),
        "by /proc/self/root": lambda ground: Path(f"/proc/self/root{ground.secret}").read_bytes(),
        "by an open file": lambda ground: os.pread(ground.open_file, 100, 0),
        "by an open folder": lambda ground: os.open("secret", os.O_RDONLY, dir_fd=ground.open_folder),
        "by a link": read_by_link,
        "by a hard link": read_by_hard_link,
        "by a handle": kernel("name_to_handle_at", -1, None, None, None, 0),
        "watch a folder": kernel("inotify_init1", 0),
    }),
    ("Files outside cannot be changed", True, {
        "append": lambda ground: os.open(ground.secret, os.O_WRONLY | os.O_APPEND),
        "write": lambda ground: os.open(ground.secret, os.O_RDWR),
        "new file": lambda ground: (ground.folder / "new").write_text("new"),
        "new folder": lambda ground: (ground.folder / "new folder").mkdir(),
        "a library": lambda ground: os.open(os.__file__, os.O_WRONLY | os.O_APPEND),
        "truncate": lambda ground: os.truncate(ground.folder / "empty", 0),
        "truncate on reading": lambda ground: os.open(ground.folder / "empty", os.O_RDONLY | os.O_TRUNC),
        "truncate a library": lambda ground: os.open(ground.library, os.O_RDONLY | os.O_TRUNC),
        "owner": lambda ground: os.chown(ground.secret, os.getuid(), os.getgid()),
        "attributes": lambda ground: os.setxattr(ground.secret, "user.mark", b"mark"),
        "mode": change_mode,
        "times": change_times,
        "rename": rename_over,
        "remove": lambda ground: (ground.folder / "empty").unlink(),
    }),
    ("The network cannot be reached", True, {
        "TCP": connect(INTERNET, STREAM, lambda ground: ("127.0.0.1", ground.port)),
        "UDP": connect(INTERNET, DATAGRAM, lambda ground: ("127.0.0.1", ground.port)),
        "Unix socket": connect(UNIX, STREAM, lambda ground: str(ground.folder / "streams")),
        "abstract socket": connect(UNIX, STREAM, lambda ground: f"\0{ground.folder}"),
        "TCP server": lambda ground: socket.socket(INTERNET, STREAM).bind(("127.0.0.1", 0)),
        "Unix server": lambda ground: socket.socket(UNIX).bind("here"),
        "kernel's socket": lambda ground: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "datagram from a pair": send_datagram,
    }),
    ("Other processes cannot be touched", True, {
        "signal": lambda ground: os.kill(ground.victim, 0),
        "signal to the parent": lambda ground: os.kill(os.getppid(), 0),
        "signal to all": lambda ground: os.kill(-1, 0),
        "signal to the group": lambda ground: os.kill(0, 0),
        "signal by a file": lambda ground: fcntl.fcntl(os.pipe()[0], fcntl.F_SETOWN, ground.victim),
        "pidfd": lambda ground: os.pidfd_open(ground.victim),
        "ptrace": lambda ground: called(_libc.ptrace(SEIZE, ground.victim, None, None)),
        "read memory": read_memory,
        "memory in /proc": lambda ground: os.open(f"/proc/{ground.victim}/mem", os.O_RDONLY),
        "environment": lambda ground: os.open(f"/proc/{ground.victim}/environ", os.O_RDONLY),
        "the parent's command": lambda ground: os.open(f"/proc/{os.getppid()}/cmdline", os.O_RDONLY),
        "cores": lambda ground: os.sched_setaffinity(ground.victim, os.sched_getaffinity(0)),
        "limits": lambda ground: resource.prlimit(ground.victim, resource.RLIMIT_CORE, (0, 0)),
        "priority": lambda ground: os.setpriority(os.PRIO_PROCESS, ground.victim, 1),
        "outlive the parent": lambda ground: called(_libc.prctl(1, 0, 0, 0, 0)),
    }),
    ("No process or program can be started", True, {
        "fork": fork,
        "clone": clone,
        "clone3": kernel("clone3", None, 0),
        "subprocess": lambda ground: subprocess.run(["/bin/true"], check=True),
        "posix_spawn": lambda ground: os.posix_spawn("/bin/true", ["true"], {}),
        "exec": lambda ground: os.execv("/bin/true", ["true"]),
        "group": lambda ground: os.setpgid(0, 0),
    }),
    ("Rarely used parts of the kernel are closed", True, {
        "32-bit calls": other_convention,
        **{name: kernel(name, *arguments) for name, arguments in RARE.items()},
    }),
    ("Memory is limited", True, {
        "bytes": lambda ground: bytearray(2 * MEMORY),
        "shared": map_memory(mmap.MAP_SHARED | mmap.MAP_ANONYMOUS),
        "growing": map_memory(mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | system_calls.MAP_GROWSDOWN),
        "shared zeros": map_zeros,
        "page tables": map_addresses,
        "file in memory": lambda ground: os.memfd_create("memory"),
        "raise the limit": raise_limit,
    }),
    ("Processor time is limited", True, {"loop": endless_loop}),
    ("The size of a file is limited", True, {"write": lambda ground: Path("f").write_bytes(bytes(2 * FILE))}),
    ("The number of open files is limited", True, {"open": many_open_files}),
    ("The total size of scratch files is limited", False, {"write": many_files}),
    ("The number of threads is limited", False, {"start": many_threads}),
]  # fmt: skip
