"""What a plan takes from an assignment's `tests.py`, and the runs that follow from it."""

import pytest
import tiny_assignment as tiny

from autograder.answer_key import make_key
from autograder.errors import UserError
from autograder.running.plan import plan_runs, prepare, value_of

SHARED = 'LOUD = print\nNAMES = ("conv2d", "unfold")\nFORBIDDEN: dict = {"a": NAMES, "b": (*NAMES, "pad")}\n'


def test_a_value_is_found_without_executing_what_it_does_not_need():
    source = "import no_such_module\n" + SHARED + "raise ValueError\n"
    assert value_of("FORBIDDEN", source, "tests.py") == {
        "a": ("conv2d", "unfold"),
        "b": ("conv2d", "unfold", "pad"),
    }
    assert value_of("FORBIDDEN", "import no_such_module", "tests.py") is None


@pytest.mark.parametrize(
    "source",
    [
        'import math\nFORBIDDEN = {"a": (math.__name__,)}',
        'FORBIDDEN = {}\nfor name in ("math",):\n    FORBIDDEN["a"] = (name,)',
    ],
)
def test_a_value_that_is_not_made_of_constants_is_found_by_executing_all(source):
    assert value_of("FORBIDDEN", source, "tests.py") == {"a": ("math",)}


def test_tests_that_forbid_the_same_share_a_run():
    forbids = {"v": ("b", "a"), "h": ("a", "b"), "other": ("a",)}
    asked, runs = plan_runs(["v", "h", "plain", "other", "secret"], {"h", "other", "secret"}, forbids)
    assert asked == {
        "v": ("shown", "without a, b"),
        "h": ("without a, b",),
        "plain": ("shown",),
        "other": ("without a",),
        "secret": ("unseen",),
    }
    assert runs == {"shown": (), "without a, b": ("a", "b"), "without a": ("a",), "unseen": ()}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('FORBIDDEN = {"no-such-test": ("conv2d",)}', "no test cell has that id"),
        ('FORBIDDEN = {"add-test": "conv2d"}', "must forbid a tuple of names"),
    ],
)
def test_a_mistake_in_what_is_forbidden_is_said(tmp_path, source, words):
    folder = tiny.write_source(tmp_path / "source")
    (folder / tiny.NAME / "tests.py").write_text(source)
    with pytest.raises(UserError, match=words):
        prepare(make_key(folder, tiny.NAME, tmp_path / "key"))


def loaded(folder, text: str) -> tuple[str, ...]:
    """What is loaded before submissions whose `tests.py` begins with this text."""
    source = tiny.write_source(folder / "source")
    (source / tiny.NAME / "tests.py").write_text(f"{text}\n# canary-4a61d9b2\n")
    return prepare(make_key(source, tiny.NAME, folder / "key")).modules


def test_an_optimizer_that_only_tests_use_is_loaded_and_no_other_module_of_theirs(tmp_path):
    plain = loaded(tmp_path / "plain", "import fractions")
    used = loaded(tmp_path / "used", "import fractions, torch\nmake = torch.optim.SGD")
    assert set(used) - set(plain) == {"torch.optim"}
    assert "fractions" not in used
