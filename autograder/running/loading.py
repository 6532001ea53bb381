"""What is loaded once, before processes for submissions are forked."""

import contextlib
import gc
import importlib
import os
from typing import Any


def load():
    """Import and use once what each submission would otherwise import anew; return the shell.

    It is done while the answer key is made and takes about as long.
    """
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import torch

    torch.set_num_threads(1)
    # oneDNN makes code for each new shape of a convolution, which takes six times as long as a small one does
    # without; NNPACK, which would take its place, is less exact.
    torch.backends.mkldnn.enabled = False
    torch.backends.nnpack.set_flags(False)
    from autograder.running import judge, student  # noqa: F401
    from autograder.running.shell import CellShell
    from cnnlib import check

    figure, axes = plt.subplots()
    axes.set_title("$x$")
    figure.savefig(os.devnull, format="png")
    plt.close(figure)
    check.function(lambda x: x + 1, lambda x: x, [((torch.zeros(1),), {})], forbid=("conv2d",))
    first_use(torch)
    shell = CellShell.instance(colors="nocolor")
    # Tracebacks need much, and look through all modules.
    shell.run("raise NotImplementedError", "warm", pictures=False)
    return shell


def load_modules(modules: list[str]) -> None:
    """Import what the assignment's notebook does; afterwards nothing more is loaded."""
    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if "torch.optim" in modules:
        import torch

        torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1).step()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000)  # a submission's processes are short-lived: 700 makes them collect for nothing


def first_use(torch: Any) -> None:
    """Do once what is slow the first time: some operators set themselves up, some import what they need."""
    import numpy.random  # noqa: F401

    F = torch.nn.functional
    x = torch.ones(2, 2, 8, 8, requires_grad=True)
    for convolution, dims in ((F.conv1d, 1), (F.conv2d, 2), (F.conv3d, 3), (F.conv_transpose2d, 2)):
        weight = torch.ones(2, 2, *[3] * dims, requires_grad=True)
        convolution(torch.ones(1, 2, *[8] * dims), weight, padding=1).sum().backward()
    maps = F.batch_norm(x, torch.zeros(2), torch.ones(2), training=True).relu()
    maps = F.max_pool2d(maps, 2) + F.avg_pool2d(maps, 2) + F.interpolate(maps, size=4)
    F.cross_entropy(F.linear(maps.flatten(1), torch.ones(3, 32)), torch.tensor([0, 1])).backward()
    torch.einsum("nchw,cd->ndhw", x, torch.ones(2, 2)).isclose(F.fold(F.unfold(x, 3), 8, 3)).unique()
    # A gradient given by hand imports sympy.
    torch.autograd.grad(x * x, x, torch.ones_like(x))
