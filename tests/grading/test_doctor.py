"""The doctor tells what holds on this machine, what does not, and what to do about it."""

import sys

import pytest

from autograder.isolation import doctor
from autograder.isolation.guarantees import Guarantee, Isolation

GB = 1024**3


@pytest.mark.skipif(sys.platform != "linux", reason="submissions are isolated on Linux only")
def test_this_machine_is_described_and_sufficient():
    lines, sufficient = doctor.report()
    assert sufficient, lines
    text = "\n".join(lines)
    assert "Isolation   Landlock" in text
    assert "✓ Files outside cannot be read" in text
    assert "--workers" in text


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_are_told_in_a_sentence(system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    lines, sufficient = doctor.report()
    assert not sufficient
    assert lines[-1].startswith("Isolation   none: Submissions can be isolated on Linux only")


def test_what_does_not_hold_is_named_with_what_to_do():
    found = Isolation(
        "some",
        [
            Guarantee("The network cannot be reached", True, False, "TCP (connected)"),
            Guarantee("The number of threads is limited", False, False, "start (256 threads)"),
            Guarantee("Memory is limited", True, True, ""),
        ],
    )
    assert not found.sufficient
    assert doctor.guarantees(found) == [
        "  ✗ NOT: The network cannot be reached",
        "      got through: TCP (connected)",
        f"      {doctor.OTHERWISE}",
        "  ✗ NOT: The number of threads is limited",
        "      got through: start (256 threads)",
        f"      {doctor.ADVICE['The number of threads is limited']}",
        "  ✓ Memory is limited",
    ]


def test_only_what_is_required_decides():
    optional = Guarantee("The number of threads is limited", False, False, "start (256 threads)")
    assert Isolation("some", [optional]).sufficient
    assert not Isolation("none: no Landlock", []).sufficient


def test_advice_belongs_to_promises_that_exist():
    pytest.importorskip("pyseccomp")
    from autograder.isolation.attacks import GUARANTEES

    assert set(doctor.ADVICE) == {promise for promise, required, _ in GUARANTEES if not required}


@pytest.mark.parametrize(
    ("memory", "cores", "expected"), [(100 * GB, 8, 8), (10 * GB, 8, 3), (GB, 8, 1), (None, 4, 4)]
)
def test_workers_fit_into_memory_and_cores(memory, cores, expected):
    assert doctor.workers(memory, cores) == expected


def test_limits_of_a_container_count(monkeypatch):
    files = {
        "/sys/fs/cgroup/cpu.max": "150000 100000\n",
        "/sys/fs/cgroup/memory.max": f"{4 * GB}\n",
        "/sys/fs/cgroup/memory.current": f"{GB}\n",
        "/proc/meminfo": f"MemTotal: 999 kB\nMemAvailable:   {64 * GB // 1024} kB\n",
    }
    monkeypatch.setattr(doctor, "read", lambda path: files[path])
    assert doctor.available_cores() == 1
    assert doctor.available_memory() == 3 * GB
    files["/sys/fs/cgroup/memory.max"] = "max\n"
    assert doctor.available_memory() == 64 * GB
