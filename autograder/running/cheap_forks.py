"""Makes a process that has loaded much cheap to fork.

A fork copies the process's page table, an entry for each 4 KB, and the child's end takes it apart again. With
torch loaded both together take over 20 ms. Of pages of 2 MB there are few; those to which a child writes
become small again, for that child alone. And each small page to which a child writes is copied: so a child
should write to few, and to fresh ones, which are not copied.
"""

import ctypes
import sys

HUGE = 1 << 21
MADV_COLLAPSE = 25  # https://man7.org/linux/man-pages/man2/madvise.2.html
LARGEST_HOLE, SMALLEST_HOLE = 1 << 16, 24  # bytes


class MallocInfo(ctypes.Structure):
    """What glibc's `mallinfo2` returns; https://man7.org/linux/man-pages/man3/mallinfo.3.html."""

    _names = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    _fields_ = [(name, ctypes.c_size_t) for name in _names.split()]


def make_forks_cheap() -> None:
    """Arrange this process's memory; it takes most of a second, so it pays from some thirty forks on."""
    fill_holes()
    collapse()


def fill_holes() -> None:
    """Take the free blocks between those in use, for good: a child then gets its memory in one piece.

    They are small, a megabyte in all, but lie in a thousand pages, a fifth of all to which a child would
    write. With another C library than glibc, or one before 2.33, nothing happens.
    """
    libc = ctypes.CDLL(None)
    if not hasattr(libc, "mallinfo2"):
        return
    libc.mallinfo2.restype = MallocInfo
    libc.malloc.restype, libc.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    libc.free.restype, libc.free.argtypes = None, [ctypes.c_void_p]
    size = LARGEST_HOLE
    while size >= SMALLEST_HOLE:
        above = libc.mallinfo2().keepcost  # what is free above all blocks
        block = libc.malloc(size)
        if not block or libc.mallinfo2().keepcost != above:  # it comes from there: no hole is that large
            libc.free(block)
            size -= max(16, size // 16)


def collapse() -> None:
    """Put this process's own memory into huge pages, as far as the system can.

    Linux can do it since 6.1; elsewhere nothing happens, and only the time that forks take is longer.
    """
    if sys.platform != "linux":
        return
    advise = ctypes.CDLL(None).madvise  # Python's mmap knows only memory that it mapped itself
    advise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    with open("/proc/self/maps") as file:
        lines = [line.split() for line in file]
    for addresses, access, _, _, inode, *_ in lines:
        if access == "rw-p" and inode == "0":  # private, and no file's
            start, end = (int(address, 16) for address in addresses.split("-"))
            start, end = -(-start // HUGE) * HUGE, end // HUGE * HUGE
            if start < end:
                advise(start, end - start, MADV_COLLAPSE)
