"""The leaderboard's arithmetic: the Ladder, tiers, copies, order, the frontier."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.leaderboard.duplicates import Model, copies
from autograder.leaderboard.ladder import climb
from autograder.leaderboard.pareto import frontier, svg
from autograder.leaderboard.references import Published
from autograder.leaderboard.standings import Attempt, standings
from autograder.leaderboard.tiers import holm, mcnemar, tiers
from cnnlib.challenge import wilson

N = 5000


def right(count: int, total: int = N) -> np.ndarray:
    """Correct on the first `count` images."""
    return np.arange(total) < count


def flipped(correct: np.ndarray, count: int, draw: np.random.Generator) -> np.ndarray:
    """Another answer on some images: right ones get wrong, wrong ones right."""
    changed = correct.copy()
    changed[draw.choice(len(correct), count, replace=False)] ^= True
    return changed


def test_small_gains_do_not_move_the_public_score_and_large_ones_do():
    best = right(4000)
    for gain in (1, 2, 5, 10):
        assert climb([best, right(4000 + gain)]) == [0, 0], "one probe of a few labels tells nothing"
    assert climb([best, right(4011)]) == [0, 1]
    assert climb([best, right(3000), right(4200), right(4100)]) == [0, 0, 2, 2]


def test_the_step_grows_with_the_answers_that_changed():
    draw = np.random.default_rng(0)
    best = flipped(right(4000), 800, draw)
    other = flipped(best, 400, draw)
    gain = int(other.sum()) - int(best.sum())
    other[np.flatnonzero(~other)[: 15 - gain]] = True
    assert int(other.sum()) - int(best.sum()) == 15
    assert climb([best, other]) == [0, 0], "15 more of 400 that changed is less than one standard error"


def test_probing_learns_labels_from_exact_scores_and_none_from_the_ladder():
    """An attack: change the answers to 20 images, keep the change if the score rises; 400 submissions."""
    draw = np.random.default_rng(1)
    labels = draw.integers(0, 10, N)
    answers = draw.integers(0, 10, N)

    def attack(score) -> float:
        best, known = answers, score([answers])
        for _ in range(400):
            tried = best.copy()
            tried[draw.choice(N, 20, replace=False)] = draw.integers(0, 10, 20)
            now = score([best, tried])
            best, known = (tried, now) if now > known else (best, known)
        return float((best == labels).mean() - (answers == labels).mean())

    exact = attack(lambda tried: (tried[-1] == labels).mean())
    held = attack(lambda tried: (tried[climb([each == labels for each in tried])[-1]] == labels).mean())
    assert exact > 0.03
    assert held == 0


@pytest.mark.parametrize(
    ("first", "second", "p"),
    [
        # Two-sided sign test: 2 * P(at most k of n heads), from the binomial coefficients.
        (0, 0, 1.0),
        (5, 0, 2 / 2**5),
        (8, 2, 2 * (1 + 10 + 45) / 2**10),
        (10, 10, 1.0),
        (700, 0, 2.0**-699),
    ],
)
def test_mcnemar_is_the_exact_sign_test(first, second, p):
    one, other = np.zeros(N, bool), np.zeros(N, bool)
    one[:first], other[first : first + second] = True, True
    one[-100:] = other[-100:] = True  # what both get right does not count
    assert mcnemar(one, other) == pytest.approx(p)
    assert mcnemar(other, one) == mcnemar(one, other)


def test_holm_gives_the_published_example():
    # Holm's steps: 4 * 0.005, 3 * 0.01, 2 * 0.03, 1 * 0.04, never falling.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]


def test_tiers_follow_the_order_and_begin_where_an_entry_is_worse_beyond_chance():
    assert tiers([]) == []
    assert tiers([right(4000), right(4000), right(3999)]) == [1, 1, 1]
    assert tiers([right(4500), right(4499), right(4000), right(3999), right(1000)]) == [1, 1, 2, 2, 3]


def test_one_comparison_may_be_significant_where_many_are_not():
    draw = np.random.default_rng(2)
    best = right(4000)
    worse = best.copy()
    worse[:7] = False  # p = 2 / 2**7 = 0.016
    assert tiers([best, worse]) == [1, 2]
    others = [flipped(best, 10, draw) for _ in range(9)]
    others = [other | best & (other.sum() > 4000) if other.sum() > 4000 else other for other in others]
    assert tiers([best, *[best] * 9, worse])[-1] == 1, "of ten comparisons, chance gives one such"


def predictions(labels: np.ndarray, accuracy: float, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return np.where(draw.random(len(labels)) < accuracy, labels, draw.integers(0, 10, len(labels))).astype(
        np.int8
    )


def test_copies_are_found_whatever_they_are_called_and_independent_models_are_not():
    labels = np.random.default_rng(0).integers(0, 10, N).astype(np.int8)
    models = [Model(f"t{seed}", f"d{seed}", predictions(labels, 0.9, seed)) for seed in range(5)]
    assert copies(models, labels) == {}
    changed = models[0].predictions.copy()
    changed[:20] = (changed[:20] + 1) % 10
    thieves = [Model("eve", "d0", models[0].predictions), Model("bob", "e", models[0].predictions),
               Model("joe", "f", changed)]  # fmt: skip
    found = copies([*models, *thieves], labels)
    assert {key[0] for key in found} == {"eve", "bob", "joe"}
    assert {original.team for original in found.values()} == {"t0"}
    own = Model("t0", "g", changed)
    assert copies([*models, own], labels) == {}, "a team may hand in what is like its own"
    constant = np.zeros(N, np.int8)
    assert copies([Model("a", "x", constant), Model("b", "y", constant)], labels) == {}


def attempt(team: str, count: int, parameters: int, time: str = "2026-11-20T10:00:00Z") -> Attempt:
    correct = np.zeros(2 * N, bool)
    correct[:count] = correct[N : N + count] = True
    return Attempt(team, team.title(), time, parameters, correct)


def shown(attempts, published=(), **options) -> dict:
    public = np.arange(2 * N) < N
    options = {"final": False, "budgets": (10_000, 50_000), "wilson": wilson} | options
    return standings(attempts, [], published, public, **options)


def order(attempts) -> list[str]:
    return [entry["name"] for entry in shown(attempts)["boards"][-1]["entries"]]


def test_ties_go_to_fewer_parameters_then_to_the_earlier():
    later = "2026-11-20T11:00:00Z"
    four = [
        attempt("ada", 4000, 900, later),
        attempt("bob", 4000, 900),
        attempt("cyd", 4001, 800, later),  # 80.02 %: shown as 80.0, too
        attempt("dan", 4100, 9000),
    ]
    for permutation in itertools.permutations(four):
        in_time = sorted(permutation, key=lambda one: one.time)
        assert order(in_time) == ["Dan", "Cyd", "Bob", "Ada"]


def test_a_board_shows_the_best_of_a_team_within_the_budget():
    made = shown([attempt("ada", 3000, 9_000), attempt("ada", 4000, 40_000), attempt("ada", 2000, 100)])
    small, large = (
        [(e["parameters"], e["public"]["accuracy"]) for e in b["entries"]] for b in made["boards"]
    )
    assert (small, large) == ([(9_000, 60.0)], [(40_000, 80.0)])
    (team,) = made["teams"]
    assert [(each["public"], each["moved"]) for each in team["submissions"]] == [
        (60, True),
        (80, True),
        (60, False),
    ]


def test_a_published_result_stands_on_its_board_without_rank_and_tier_and_with_its_source():
    paper = Published("Net", "", "key", "Doe, 2020", "https://example.org/", 40_000, 0.9, 10_000)
    small, large = shown([attempt("ada", 4000, 9_000)], [paper])["boards"]
    assert [entry["name"] for entry in small["entries"]] == ["Ada"]
    first, second = large["entries"]
    assert (first["name"], first["rank"], first["tier"], first["source"]["key"]) == ("Net", None, None, "key")
    assert (first["public"]["low"], first["public"]["high"]) == (89.4, 90.6)
    assert (second["rank"], second["tier"]) == (1, 1)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=20))
def test_the_frontier_holds_exactly_what_nothing_beats(points):
    best = frontier(points)
    for index, (cost, gain) in enumerate(points):
        beaten = any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in points)
        assert (index in best) == (not beaten)


@given(
    st.lists(
        st.tuples(
            st.integers(1, 10**6), st.floats(0, 100), st.sampled_from(["team", "baseline", "published"])
        ),
        max_size=40,
    )
)
def test_the_plot_keeps_every_point_inside_and_escapes_names(points):
    import re
    from xml.etree import ElementTree

    best = frontier([(p, a) for p, a, _ in points])
    named = [
        {"name": f"<b>&'\"{i}", "parameters": p, "accuracy": a, "kind": kind, "frontier": i in best}
        for i, (p, a, kind) in enumerate(points)
    ]
    drawing = ElementTree.fromstring(svg(named, (10_000, 200_000)))
    assert not drawing.findall(".//b")
    for circle in drawing.iter("circle"):
        assert 0 <= float(circle.get("cx")) <= 480
        assert 0 <= float(circle.get("cy")) <= 380
    marks = [
        g
        for g in drawing.iter("g")
        if re.fullmatch("(team|baseline|published) (best|dominated)", g.get("class"))
    ]
    assert len(marks) == len(points)
