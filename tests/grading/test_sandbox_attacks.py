"""Every attack that succeeds without the sandbox fails inside it, on every kind of machine promised."""

import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

if sys.platform != "linux":
    pytest.skip("submissions are isolated on Linux only", allow_module_level=True)

from machines import MACHINES, SIZE, THREADS, as_root, fork, in_child

from autograder.isolation import guarantees, namespaces, sandbox, system_calls
from autograder.isolation.attacks import GUARANTEES
from autograder.isolation.battleground import SECRET, battleground

ATTACKS = [(title, attack) for _, _, attacks in GUARANTEES for title, attack in attacks.items()]


@as_root
@pytest.mark.parametrize("machine", MACHINES)
def test_every_required_promise_is_kept(machine):
    steps, name, kept = MACHINES[machine]

    def examine(pipe):
        for step in steps:
            step()
        if "+ namespaces" in name and guarantees.in_child(lambda _: namespaces.enter()) != (True, "True"):
            return "this machine forbids namespaces", None, None
        found = guarantees.offered()
        return [found.name, found.sufficient, [[one.name, one.holds, one.detail] for one in found.guarantees]]

    found, sufficient, promises = in_child(examine)
    if promises is None:
        pytest.skip(found)
    assert found == name
    assert sufficient
    broken = {promise: detail for promise, holds, detail in promises if not holds}
    assert len(promises) == len(GUARANTEES)
    # A busy machine may not start the 256 threads that would show the missing limit.
    assert set(broken) | {THREADS} - kept == {SIZE, THREADS} - kept, broken


def test_this_machine_keeps_every_required_promise_for_this_user():
    found = guarantees.offered()
    assert found.sufficient, found


def all_powerful():
    """Whether root is restricted by nothing, such as a container."""
    status = dict(line.split(":\t") for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["CapEff"], 16).bit_count() > 35 and status["Seccomp"].strip() == "0"


@as_root
@pytest.mark.parametrize(("title", "attack"), ATTACKS, ids=[title for title, _ in ATTACKS])
def test_each_attack_succeeds_without_the_sandbox(title, attack):
    """Else it would prove nothing that it fails inside."""
    with battleground() as ground:
        succeeded, what = guarantees.attempt(attack, ground, confined=False)
    if not succeeded and not all_powerful():
        pytest.skip(f"this machine prevents it even without the sandbox: {what}")
    assert succeeded, what


def test_the_attacks_leave_everything_outside_as_it_was():
    def look(ground):
        status = ground.secret.stat()
        return [
            sorted(path.name for path in ground.folder.iterdir()),
            ground.secret.read_bytes(),
            (status.st_mode, status.st_uid, status.st_mtime, status.st_nlink),
            os.listxattr(ground.secret),
            os.getpriority(os.PRIO_PROCESS, ground.victim),
            Path(f"/proc/{ground.victim}/stat").read_text().split()[2] in "RS",
        ]

    with battleground() as ground:
        before = look(ground)
        assert SECRET in before
        for _, attack in ATTACKS:
            guarantees.attempt(attack, ground, confined=True)
        assert look(ground) == before


def test_two_sandboxes_cannot_reach_each_other(tmp_path):
    with battleground() as ground:
        scratches = [tmp_path / "one", tmp_path / "two"]
        for scratch in scratches:
            scratch.mkdir()

        def attack(pipe):
            ready, tell = os.pipe()

            def hold():
                sandbox.enter(scratches[0], [], sandbox.Limits(), [tell])
                Path("answer").write_bytes(SECRET)
                os.write(tell, b"ready")
                signal.pause()

            first = fork(hold)
            os.close(tell)
            assert os.read(ready, 5) == b"ready"
            try:
                return confined_pair(first)
            finally:
                os.kill(first, signal.SIGKILL)
                os.waitpid(first, 0)

        def confined_pair(first):
            def act(result):
                guarantees.enter(scratches[1], sandbox.Limits(), [], result)
                gained = []
                for attempt in (
                    lambda: os.kill(first, 0),
                    lambda: (scratches[0] / "answer").read_bytes(),
                    lambda: Path(f"/proc/{first}/root{scratches[0]}/answer").read_bytes(),
                    lambda: Path(f"/proc/{first}/status").read_bytes(),
                ):
                    with contextlib.suppress(OSError):
                        gained.append(str(attempt()))
                return gained

            return guarantees.in_child(act)

        assert in_child(attack) == [True, "[]"]
        assert ground.secret.read_bytes() == SECRET


def test_every_forbidden_call_is_known():
    """A misspelled name would forbid nothing."""
    seccomp = system_calls.library()
    names = " ".join(
        [
            system_calls.FORBIDDEN,
            system_calls.ABSENT,
            system_calls.WITHOUT_EFFECT,
            system_calls.ONLY_ZERO,
            system_calls.ONLY_OWN,
        ]
    ).split()
    assert len(names) == len(set(names))
    for name in names:
        number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, name)
        assert number != -1 or name in system_calls.NUMBERS, name
        assert number in (-1, system_calls.NUMBERS.get(name, number)), name
