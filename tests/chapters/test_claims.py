"""The page of claims: each chapter has some, each with numbers and a proof that exists."""

import ast
import re

import nbformat
import pytest
from commands import REPOSITORY

BOOK = REPOSITORY / "book"
CHAPTERS = sorted(BOOK.glob("*.ipynb"))
NEEDED = {"sentence", "against", "runs"}
CLAIMS = [
    pytest.param(path.stem, cell, id=f"{path.stem}-{cell.id}")
    for path in CHAPTERS
    for cell in nbformat.read(path, 4).cells
    if "claim" in cell.metadata
]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_each_chapter_claims_something(path):
    assert any("claim" in cell.metadata for cell in nbformat.read(path, 4).cells)


@pytest.mark.parametrize(("chapter", "cell"), CLAIMS)
def test_a_claim_says_what_a_doubter_asks(chapter, cell):
    claim = cell.metadata.claim
    assert NEEDED <= set(claim) <= NEEDED | {"record", "cifar10"}
    assert all(claim[name].endswith(".") for name in NEEDED)
    printed = "".join(out.text for out in cell.outputs if out.output_type == "stream")
    assert re.search(r"\d", printed), "the cell prints no number"
    assert "record" not in claim or (REPOSITORY / f"cnnlib/recorded/{claim.record}.json").exists()
    if "cifar10" in claim:
        path = REPOSITORY / f"tests/chapters/test_{chapter}_on_cifar10.py"
        tests = [node.name for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
        assert set(claim.cifar10) <= set(tests)


@pytest.mark.parametrize(("chapter", "cell"), CLAIMS)
def test_the_page_shows_the_numbers_and_leads_to_the_cell(site, chapter, cell):
    page = (site / "book/claims.html").read_text(encoding="utf-8")
    assert f'href="{chapter}.html#claim-{cell.id}"' in page
    assert f'id="claim-{cell.id}"' in (site / f"book/{chapter}.html").read_text(encoding="utf-8")
