"""The six curves that the exercise on training shows are those that its recipe gave."""

import json

from assignments import module_of, source

from solutions.training_curves import recipe

RECORD = json.loads(recipe.RECORD.read_text(encoding="utf-8"))


def test_the_record_was_made_by_the_recipe_as_it_is():
    assert RECORD["recipe"] == recipe.digest(), "run: python -m solutions.training_curves.recipe"


def test_the_notebook_shows_the_record():
    text = next(cell.source for cell in source("training").cells if cell.id == "p3-task")
    assert recipe.table(RECORD) in text


def test_the_right_letters_are_the_faults_of_the_scripts():
    right = {name: letter for name, (letter, _) in recipe.FAULTS.items()}
    (diagnosis,) = module_of("training").VISIBLE["p3-diagnosis"]
    assert diagnosis.right == right


def test_a_line_of_the_record_comes_out_again():
    """Two epochs of thousands of sums in another order move the digits, so the claims are compared."""
    _, x, y = (None, *recipe.images(64, seed=1))
    script = recipe.Script("softmax before the loss")
    losses = [script.step(x / x.std(), y) for _ in range(10)]
    assert abs(losses[0] - RECORD["curves"]["B"]["first"]) < 0.1
    assert min(losses) > 1.461
