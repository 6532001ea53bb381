"""Which part of a package may import which: arrows point downward only, and there is no circle."""

import pytest
from layers import circle, imported, modules, part_of, upward

# For each package its parts, the modules and folders that lie in it, from the lowest layer. A part imports
# parts of lower layers only, so none of its own layer. `__init__` is what `import <package>` offers.
LAYERS = {
    "cnnlib": (
        ("letters", "progress"),
        ("arithmetic", "data"),
        ("autoencoding", "challenge", "shapes10", "show", "train"),
        ("check",),
        ("__init__",),
        ("recorded",),
    ),
}
HOUSE = ("cnnlib", "autograder")  # a package imports those before it


@pytest.mark.parametrize("package", LAYERS)
def test_every_part_has_a_layer(package):
    assert {part_of(module) for module in modules(package)} == {
        part for layer in LAYERS[package] for part in layer
    }


@pytest.mark.parametrize("package", LAYERS)
def test_no_arrow_points_upward(package):
    assert not upward(package, LAYERS[package])


@pytest.mark.parametrize("package", LAYERS)
def test_there_is_no_circle(package):
    assert not circle(package)


@pytest.mark.parametrize("package", LAYERS)
def test_a_package_imports_no_higher_one(package):
    higher = (*HOUSE[HOUSE.index(package) + 1 :], "solutions", "tests", "book")
    known = modules(package)
    used = {name.partition(".")[0] for path in known.values() for name in imported(path, known)}
    assert used & {"torch", "nbformat"}, "no import was read at all"
    assert not used & set(higher)


def test_arrows_and_circles_are_found(tmp_path):
    package = tmp_path / "house"
    (package / "cellar").mkdir(parents=True)
    (package / "__init__.py").write_text("from house import roof\n")
    (package / "roof.py").write_text("from house.cellar import stone\n")
    (package / "cellar" / "__init__.py").write_text("from house.cellar.stone import STONE\n")
    (package / "cellar" / "stone.py").write_text("STONE = 1\n")
    layers = (("cellar",), ("roof",), ("__init__",))
    assert not upward("house", layers, tmp_path)
    assert not circle("house", tmp_path)
    (package / "cellar" / "stone.py").write_text("def view():\n    import house.roof\n")
    assert upward("house", layers, tmp_path) == ["house.cellar.stone imports house.roof"]
    assert {"house.roof", "house.cellar.stone"} <= set(circle("house", tmp_path))
    (package / "cellar" / "stone.py").write_text(
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from house import roof\n"
    )
    assert not upward("house", layers, tmp_path)
