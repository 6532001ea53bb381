"""What a confined process can no longer ask of the kernel: a seccomp filter, made with libseccomp.

Files are Landlock's subject. This filter forbids what Landlock does not govern: new processes, sockets,
signals and other reach into processes, changing rights, owners and times of files, memory that no limit
counts, and the rarely used parts of the kernel. A forbidden call fails with EPERM, so a program goes on with
an exception.
"""

import ctypes
import errno
import functools
import os
import socket
import struct
import tempfile

from autograder.errors import IsolationError

SET_SECCOMP, FILTER = 22, 2  # prctl
INSTRUCTION = struct.Struct("HBBI")  # what to do, where to go if true, if false, a value
SOME_PROCESS = 0x7ABCDEF1  # stands in the compiled filter for the number of the process that will load it

CLONE_THREAD = 0x10000
MAP_SHARED_ANONYMOUS, MAP_GROWSDOWN = 0x21, 0x100
INT = 0xFFFFFFFF  # the kernel reads only these bits of an argument that is a C int

# glibc uses `clone`, whose flags a filter can read, where `clone3` does not exist.
# `openat2` takes its flags by pointer, which no filter can follow; no library needs it yet.
ABSENT = "clone3 openat2 memfd_create memfd_secret"

FORBIDDEN = """
fork vfork execve execveat
socket connect bind listen accept accept4
ptrace process_vm_readv process_vm_writev kcmp process_madvise process_mrelease
pidfd_open pidfd_getfd pidfd_send_signal move_pages migrate_pages
setpgid setsid setuid setgid setreuid setregid setresuid setresgid setgroups setfsuid setfsgid capset
unshare setns mount umount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount
fspick mount_setattr listmount statmount
chown fchown lchown fchownat truncate
setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr
name_to_handle_at open_by_handle_at fanotify_init fanotify_mark inotify_init inotify_init1 inotify_add_watch
add_key request_key keyctl bpf perf_event_open userfaultfd seccomp personality modify_ldt lookup_dcookie
io_uring_setup io_uring_enter io_uring_register io_setup io_submit
shmget shmat shmctl semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink
kexec_load kexec_file_load init_module finit_module delete_module iopl ioperm
reboot swapon swapoff quotactl quotactl_fd syslog acct vhangup sync syncfs
settimeofday stime clock_settime clock_adjtime adjtimex sethostname setdomainname
nfsservctl uselib ustat sysfs _sysctl lsm_set_self_attr
"""

# Landlock does not govern these. `shutil.copy` and the like call them on files of their own, so they report
# success and do nothing.
WITHOUT_EFFECT = "chmod fchmod fchmodat fchmodat2 utime utimes futimesat utimensat"

# Their first argument names a process; only 0, the caller itself, is allowed.
ONLY_ZERO = "prlimit64 sched_setaffinity sched_setscheduler sched_setparam sched_setattr get_robust_list"

# Their first argument names a process; only the caller's own number is allowed. (0 would be its group.)
ONLY_OWN = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo"

# Die with the parent, dumpable, memory layout, seccomp, reaper, sharing a core, who may trace.
PRCTL = [1, 4, 22, 35, 36, 62, 0x59616D61]
# Owner of a file's signals (2), which signal, lease, notices of a folder's changes.
FCNTL = [8, 15, 10, 1024, 1026]
# Typing into a terminal (2), taking one (2), owner of a socket's signals (2).
IOCTL = [0x5412, 0x541C, 0x540E, 0x5410, 0x8901, 0x8902]
# Groups of ioctl commands that change attributes of files and file systems.
IOCTL_GROUPS = [ord("f"), ord("X")]

# Calls newer than libseccomp may know; their numbers are the same on every architecture.
NUMBERS = {
    "pidfd_send_signal": 424, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427,
    "open_tree": 428, "move_mount": 429, "fsopen": 430, "fsconfig": 431, "fsmount": 432, "fspick": 433,
    "pidfd_open": 434, "clone3": 435, "openat2": 437, "pidfd_getfd": 438, "process_madvise": 440,
    "mount_setattr": 442, "quotactl_fd": 443, "memfd_secret": 447, "process_mrelease": 448, "fchmodat2": 452,
    "statmount": 457, "listmount": 458, "lsm_set_self_attr": 460,
}  # fmt: skip
# What Linux adds after this list was made does not exist inside.
UNKNOWN = range(463, 512)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def load() -> None:
    """Put this process under the filter, for good; the threads that it starts later are under it, too.

    Raises
    ------
    IsolationError
        If libseccomp is missing or the kernel refuses the filter.
    """
    own = bytearray(program())
    for place in range(0, len(own), INSTRUCTION.size):
        *operation, value = INSTRUCTION.unpack_from(own, place)
        if value == SOME_PROCESS:
            INSTRUCTION.pack_into(own, place, *operation, os.getpid())
    code = (ctypes.c_char * len(own)).from_buffer(own)
    argument = _Program(len(own) // INSTRUCTION.size, ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(SET_SECCOMP, FILTER, ctypes.byref(argument), 0, 0):
        why = os.strerror(ctypes.get_errno())
        raise IsolationError(f"The kernel refuses a seccomp filter ({why}); it needs CONFIG_SECCOMP_FILTER.")


@functools.cache
def program() -> bytes:
    """Compile the filter; a parent that does so before it forks spares its children nearly all the time.

    Raises
    ------
    IsolationError
        If libseccomp is missing.
    """
    seccomp = library()
    with tempfile.TemporaryFile() as file:
        _filter(seccomp, SOME_PROCESS).export_bpf(file)
        file.seek(0)
        return file.read()


def library():
    """Import the binding of libseccomp."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError) as error:
        raise IsolationError(
            "The library libseccomp or its binding pyseccomp is missing; install both, "
            "such as with apt-get install libseccomp2 and pip install pyseccomp."
        ) from error
    return pyseccomp


def _filter(seccomp, own: int):
    """Build the filter for the process whose number is `own`."""
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    # A call in another convention (32 bits on a 64-bit kernel) has other numbers: the process ends.
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    refuse = seccomp.ERRNO(errno.EPERM)
    absent = seccomp.ERRNO(errno.ENOSYS)

    def deny(name: str, *conditions, action: int = refuse) -> None:
        number = NUMBERS.get(name) or seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        if number == -1:
            raise IsolationError(
                f"libseccomp does not know the system call {name}; install libseccomp 2.5 or newer."
            )
        if number >= 0:  # else this architecture lacks it
            rules.add_rule(action, number, *conditions)

    def masked(argument: int, value: int, mask: int = INT):
        return seccomp.Arg(argument, seccomp.MASKED_EQ, mask, value)

    def differs(argument: int, value: int):
        return seccomp.Arg(argument, seccomp.NE, value)

    for name in FORBIDDEN.split():
        deny(name)
    for name in ABSENT.split():
        deny(name, action=absent)
    for name in WITHOUT_EFFECT.split():
        deny(name, action=seccomp.ERRNO(0))
    for name in ONLY_ZERO.split():
        deny(name, differs(0, 0))
    for name in ONLY_OWN.split():
        deny(name, differs(0, own))
    for name in ("setpriority", "ioprio_set"):  # (kind of number, number, …): 0 is the process, 1 with ioprio
        deny(name, differs(0, 0 if name == "setpriority" else 1))
        deny(name, differs(1, 0))
    deny("clone", masked(0, 0, CLONE_THREAD))
    # Both ends of a socket pair stay inside; but a datagram may be sent from one to any socket by its path.
    deny("socketpair", differs(0, socket.AF_UNIX))
    for kind in range(16):
        if kind != socket.SOCK_STREAM:
            deny("socketpair", masked(1, kind, 0xF))
    deny("sendto", differs(4, 0))
    # Memory that RLIMIT_DATA does not count.
    for name in ("mmap", "mmap2"):
        for flags in (MAP_SHARED_ANONYMOUS, MAP_GROWSDOWN):
            deny(name, masked(3, flags, flags))
    # Before its ABI 3, Landlock lets a file that may be read be emptied when it is opened.
    for name, argument in (("open", 1), ("openat", 2)):
        deny(name, masked(argument, os.O_TRUNC | os.O_RDONLY, os.O_TRUNC | os.O_ACCMODE))
    for name, argument, values in (("prctl", 0, PRCTL), ("fcntl", 1, FCNTL), ("ioctl", 1, IOCTL)):
        for value in values:
            deny(name, masked(argument, value))
    for group in IOCTL_GROUPS:
        deny("ioctl", masked(1, group << 8, 0xFF00))
    for number in UNKNOWN:
        rules.add_rule(absent, number)
    return rules
