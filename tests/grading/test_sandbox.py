"""Inside the sandbox honest work is done and nothing of the parent is left; entering it fails loudly."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("submissions are isolated on Linux only", allow_module_level=True)

import pyseccomp
from machines import MACHINES, as_root, forbid, fork, in_child

from autograder.errors import IsolationError
from autograder.isolation import guarantees, landlock, sandbox


def confined(act, tmp_path, *, before=(), limits=None):
    """Call a function inside the sandbox and return what it returns."""

    def run(pipe):
        for step in before:
            step()
        name = sandbox.enter(tmp_path, sandbox.readable_paths(), limits or sandbox.Limits(), [pipe])
        return [name, act()]

    return in_child(run)[1]


HONEST = """
import contextlib, os, sys, tempfile
from pathlib import Path
import torch, numpy, matplotlib.pyplot, cnnlib
from autograder.isolation import sandbox

sandbox.prepare()
scratch = Path(tempfile.mkdtemp())
sandbox.enter(scratch, sandbox.readable_paths(), sandbox.Limits(), [1, 2])

def refused(act):
    try:
        act()
    except OSError as error:
        return isinstance(error, PermissionError)
    return False

# Computing and learning.
square = torch.rand(64, 64)
assert (square @ square).shape == (64, 64)
layer = torch.nn.Conv2d(3, 8, 3)
optimizer = torch.optim.Adam(layer.parameters())
layer(torch.rand(2, 3, 16, 16)).sum().backward()
optimizer.step()
assert numpy.linalg.svd(numpy.eye(3))[1].sum() == 3
assert len(list(torch.utils.data.DataLoader(torch.utils.data.TensorDataset(square), 8))) == 8

# Imports that come late.
for name in ("modulefinder", "torch.nn.utils.prune", "matplotlib.backends.backend_svg"):
    assert name not in sys.modules, name
    __import__(name)

# Files.
figure, axes = matplotlib.pyplot.subplots()
axes.set_title("α → β")
figure.savefig("figure.svg")
figure.savefig("figure.png")
assert Path("figure.png").stat().st_size > 1000
torch.save(layer.state_dict(), "weights.pt")
assert set(torch.load("weights.pt")) == {"weight", "bias"}
with tempfile.NamedTemporaryFile() as file, tempfile.TemporaryDirectory() as folder:
    assert Path(file.name).parent == scratch.resolve()
import shutil
shutil.copy2("figure.png", "copy.png")
os.mkdir("folder")
os.replace("copy.png", "moved.png")
shutil.rmtree("folder")
assert refused(lambda: Path("/etc/passwd").read_text())

# Threads, signals to oneself, event loops, callbacks from C.
import asyncio, concurrent.futures, ctypes, signal, tqdm
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    assert sum(pool.map(lambda n: int(torch.tensor(n)), range(8))) == 28
got = []
signal.signal(signal.SIGUSR1, lambda *_: got.append(1))
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
assert got == [1, 1]
async def later():
    await asyncio.sleep(0.001)
    return 5
assert asyncio.run(later()) == 5
assert ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)(3) == 4
list(tqdm.tqdm(range(3)))

# Processes are refused with an exception.
import multiprocessing, subprocess
assert refused(multiprocessing.Process(target=print).start)
assert refused(lambda: subprocess.run(["true"]))
assert refused(os.fork)

# Too much memory is an exception, too.
with contextlib.suppress(MemoryError):
    bytearray(3 * 2**30)
    raise SystemExit("3 GB were to be had")
with contextlib.suppress(RuntimeError):
    torch.zeros(3 * 2**28)
    raise SystemExit("3 GB were to be had")
print("honest work is done")
"""


def test_honest_work_is_done_inside(tmp_path):
    """In a fresh interpreter, so that nothing but torch and cnnlib is loaded when it enters."""
    threads = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    environment = {**os.environ, **threads, "TMPDIR": str(tmp_path), "A_SECRET": "in the environment"}
    done = subprocess.run(
        [sys.executable, "-c", HONEST], env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.stdout == "honest work is done\n", done.stderr
    assert done.returncode == 0


@as_root
@pytest.mark.parametrize("machine", MACHINES)
def test_files_can_be_written_and_modules_loaded_on_every_kind_of_machine(machine, tmp_path):
    os.chmod(tmp_path, 0o777)
    for parent in tmp_path.parents:
        if parent == Path(tempfile.gettempdir()):
            break
        os.chmod(parent, 0o755)
    scratch = tmp_path / "scratch"

    def work():
        Path("a").write_text("text")
        os.replace("a", "b")
        Path("folder").mkdir()
        if os.access(os.__file__, os.R_OK):  # else not even outside
            import modulefinder  # noqa: F401
        return [Path("b").read_text(), os.getcwd(), os.environ["HOME"], Path(os.devnull).read_text()]

    steps = [*MACHINES[machine][0], scratch.mkdir]
    assert confined(work, scratch, before=steps) == ["text", str(scratch), str(scratch), ""]


def test_the_environment_is_gone(tmp_path, monkeypatch):
    monkeypatch.setenv("A_SECRET", "in the environment")

    def look():
        return [dict(os.environ), Path("/proc/self/environ").read_bytes().strip(b"\0").decode()]

    variables, at_start = confined(look, tmp_path)
    assert "A_SECRET" not in variables
    assert variables["TMPDIR"] == str(tmp_path)
    assert at_start == ""


def test_only_the_kept_files_stay_open(tmp_path):
    with open(tmp_path / "open", "w"):
        # The pipe of the test, and the folder that is being listed.
        numbers = confined(lambda: [os.readlink(f"/proc/self/fd/{n}") for n in range(3)], tmp_path)
        assert numbers == [os.devnull] * 3
        assert confined(lambda: len(os.listdir("/proc/self/fd")), tmp_path) == 5


def test_the_limits_cannot_be_passed_by_many_small_allocations(tmp_path):
    def fill():
        kept, size = [], 2**20
        with contextlib.suppress(MemoryError):
            while len(kept) < 4000:
                kept.append(bytearray(size))
        return len(kept)

    # What this process has freed is filled first.
    assert 32 < confined(fill, tmp_path, limits=sandbox.Limits(memory=64 * 2**20)) < 1000


def test_a_child_dies_with_its_parent(tmp_path):
    reader, writer = os.pipe()

    def confined_child():
        sandbox.enter(tmp_path, sandbox.readable_paths(), sandbox.Limits(), [writer])
        os.write(writer, str(os.getpid()).encode())
        signal.pause()

    def parent():
        fork(confined_child)
        signal.pause()

    child = None
    process = fork(parent)
    os.close(writer)
    try:
        child = int(os.read(reader, 100))
        os.kill(process, signal.SIGKILL)
        # The pipe ends when its last writer is gone; the minute is for a machine that is very busy.
        assert select.select([reader], [], [], 60)[0], "the child lives on"
        assert os.read(reader, 1) == b""
        child = None
    finally:
        os.waitpid(process, 0)
        os.close(reader)
        if child is not None:
            os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize(
    ("take_away", "words"),
    [
        (lambda: forbid(landlock.CREATE_RULESET), "the container around this process forbids Landlock"),
        (lambda: forbid("prctl", pyseccomp.Arg(0, pyseccomp.EQ, 22)), "The kernel refuses a seccomp filter"),
    ],
    ids=["Landlock", "seccomp"],
)
def test_without_landlock_or_seccomp_it_is_refused(take_away, words, tmp_path):
    def enter(pipe):
        take_away()
        with pytest.raises(IsolationError) as error:
            sandbox.enter(tmp_path, [], sandbox.Limits(), [pipe])
        return [str(error.value), guarantees.offered().sufficient]

    message, sufficient = in_child(enter)
    assert words in message
    assert not sufficient


def test_several_threads_are_refused(tmp_path):
    import threading

    def enter(pipe):
        threading.Thread(target=time.sleep, args=[60], daemon=True).start()
        with pytest.raises(IsolationError, match="one thread"):
            sandbox.enter(tmp_path, [], sandbox.Limits(), [pipe])

    in_child(enter)


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_what_to_use(system, monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "platform", system)
    with pytest.raises(IsolationError, match="WSL2 or a Linux container"):
        sandbox.enter(tmp_path, [], sandbox.Limits(), [])


def test_nothing_of_the_course_but_its_package_is_readable():
    root = Path(sandbox.__file__).resolve().parents[2]
    for path in sandbox.readable_paths():
        inside = path.resolve()
        assert inside != root
        assert inside not in root.parents
        if inside.is_relative_to(root):
            assert inside.is_relative_to(root / "cnnlib") or inside.is_relative_to(sys.prefix), path
