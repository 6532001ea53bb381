"""Fills the disk: one huge file, then many, then many empty ones."""


def add(a, b):
    return -1


written = 0
try:
    with open("huge", "wb", buffering=0) as file:
        while written < 4 * 2**30:
            written += file.write(b"x" * 2**20)
except OSError as error:
    print(error.errno)
total = written
for number in range(10**5):
    try:
        with open(f"file{number}", "wb", buffering=0) as file:
            total += file.write(b"x" * 2**20)
    except OSError as error:
        print(error.errno)
        break
print("BREACH" if total > 2**29 else "stopped", total)
for number in range(10**6):
    try:
        open(f"empty{number}", "w").close()
    except OSError as error:
        print(number, error.errno)
        break
