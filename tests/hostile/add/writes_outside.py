"""Writes, renames and removes outside its folder: the course, other students, HOME, the system."""

import os, shutil


def add(a, b):
    return -1


places = [
    "__COURSE__/submitted/ada/hostile",
    "__COURSE__/output",
    "__COURSE__/home",
    "__COURSE__/solutions/hostile",
]
places += [
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/root",
    "/run",
    "/mnt",
    "__COURSE__/tmp",
    os.path.dirname(os.getcwd()),
]
places += [os.path.join(os.getcwd(), "../judge"), os.path.join(os.getcwd(), "../..")]
for place in places:
    for attempt in (
        lambda: open(f"{place}/__MARK__", "w").write("pwned"),
        lambda: os.mkdir(f"{place}/__MARK__"),
        lambda: os.symlink("/etc", f"{place}/__MARK__"),
        lambda: os.mkfifo(f"{place}/__MARK__"),
    ):
        try:
            attempt()
            print("BREACH", place)
        except OSError:
            pass
for attempt in (
    lambda: os.truncate("__COURSE__/output/gradebook.db", 0),
    lambda: open("__COURSE__/output/gradebook.db", "r+b").write(b"x"),
    lambda: os.remove("__COURSE__/submitted/ada/hostile/hostile.ipynb"),
    lambda: os.rename("__COURSE__/submitted/ada", "__COURSE__/submitted/gone"),
    lambda: shutil.rmtree("__COURSE__/solutions"),
    lambda: os.chroot("/"),
    lambda: open("/proc/self/oom_score_adj", "w").write("-1000"),
    lambda: open("/proc/sys/kernel/core_pattern", "w").write("x"),
):
    try:
        attempt()
        print("BREACH")
    except OSError:
        pass
