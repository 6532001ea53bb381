"""Linux namespaces: a network without devices, own IPC and mounts, and a scratch folder of limited size.

They need no root where the system lets users make them, and are a second wall: what they keep out, Landlock
and seccomp keep out, too. Only they give limits to the scratch folder's total size and the number of threads.
"""

import contextlib
import ctypes
import os
from pathlib import Path

USER, MOUNT, NETWORK, IPC, UTS, CGROUP = 0x10000000, 0x20000, 0x40000000, 0x08000000, 0x04000000, 0x02000000
NO_SET_USER_ID, NO_DEVICES, NO_EXECUTION = 2, 4, 8
FILES_PER_BYTE = 1 / 4096
CAPABILITY_VERSION = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


def enter() -> bool:
    """Move this process, which has one thread, into namespaces of its own; return whether that is allowed.

    User and group keep their numbers, so what the user may read outside stays readable inside.
    """
    user, group = os.geteuid(), os.getegid()
    if _libc.unshare(USER | MOUNT | NETWORK | IPC | UTS | CGROUP):
        return False
    with contextlib.suppress(OSError):  # all is separate without it; only `mount_scratch` will fail
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return True


def mount_scratch(folder: Path, size: int) -> bool:
    """Lay an empty file system in memory, of `size` bytes, over the folder; return whether that is allowed.

    Only this process and its threads see it, and it goes when they end. Call `enter` before.
    """
    options = f"size={size},nr_inodes={max(64, int(size * FILES_PER_BYTE))},mode=700"
    flags = NO_SET_USER_ID | NO_DEVICES | NO_EXECUTION
    return not _libc.mount(b"scratch", os.fsencode(folder), b"tmpfs", flags, options.encode())


def drop_capabilities() -> None:
    """Give up what root may do beyond an ordinary user, here and in any namespace."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION, 0)
    none = (ctypes.c_uint32 * 6)()
    if _libc.capset(header, none):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
