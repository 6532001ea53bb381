"""What `cnnlib.check.forbid` finds, and what it leaves alone."""

import importlib
import re
import sys

import numpy as np
import pytest
import torch
import torch.nn.functional as F
import torchvision.ops  # noqa: F401 (its operators)
from torch import nn

from cnnlib import check
from cnnlib.check.forbidden import forbidden_names, note_forbidden_call

IMAGE = torch.arange(16.0).reshape(1, 1, 4, 4)
KERNEL = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
ROUTES = {
    "functional": lambda: F.conv2d(IMAGE, KERNEL),
    "torch": lambda: torch.conv2d(IMAGE, KERNEL),
    "module": lambda: nn.Conv2d(1, 1, 2)(IMAGE),
    "another dimension": lambda: F.conv3d(IMAGE[None], KERNEL[None]),
    "transposed": lambda: F.conv_transpose2d(IMAGE, KERNEL),
    "operator": lambda: torch.ops.aten.conv2d(IMAGE, KERNEL),
    "lowest operator": lambda: torch.ops.aten.convolution(
        IMAGE, KERNEL, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1
    ),
    "private function": lambda: torch._C._nn.thnn_conv2d(IMAGE, KERNEL, 2),
    "inference mode": torch.inference_mode()(lambda: F.conv2d(IMAGE, KERNEL)),
    "other library": lambda: torch.ops.torchvision.deform_conv2d(
        IMAGE,
        KERNEL,
        torch.zeros(1, 8, 3, 3),
        torch.ones(1, 4, 3, 3),
        torch.zeros(1),
        1,
        1,
        0,
        0,
        1,
        1,
        1,
        1,
        True,
    ),
    "vmap": lambda: torch.vmap(lambda x: F.conv2d(x[None], KERNEL))(IMAGE),
    "keeping the function": lambda conv2d=F.conv2d: conv2d(IMAGE, KERNEL),
}


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_to_a_library_convolution_is_found(route):
    ROUTES[route]()
    with pytest.raises(check.ForbiddenCall, match="is called, but this"), check.forbid("conv2d"):
        ROUTES[route]()
    ROUTES[route]()


def test_a_block_catches_what_it_names_whatever_earlier_blocks_named():
    for name in ("instance_norm", "conv2d"):
        with pytest.raises(check.ForbiddenCall), check.forbid(name):
            F.instance_norm(F.conv2d(IMAGE, KERNEL))
    with check.forbid("max_pool2d"), check.forbid("unfold"):
        expected = F.instance_norm(F.conv2d(IMAGE, KERNEL))
    assert torch.equal(expected, F.instance_norm(F.conv2d(IMAGE, KERNEL)))


def test_gradients_pass_operators_that_an_earlier_block_named():
    with pytest.raises(check.ForbiddenCall), check.forbid("conv2d"):
        F.conv2d(IMAGE, KERNEL)
    weight = KERNEL.clone().requires_grad_()
    with check.forbid("max_pool2d"):
        F.conv2d(IMAGE, weight).sum().backward()
    assert weight.grad.abs().sum() > 0


def test_a_call_hidden_by_try_and_except_is_found():
    def hiding():
        try:
            return F.conv2d(IMAGE, KERNEL)
        except Exception:
            return torch.zeros(1)

    with pytest.raises(check.ForbiddenCall, match="the library's conv2d"), check.forbid("conv2d"):
        hiding()


def test_an_exception_of_another_kind_does_not_hide_a_call():
    def disguising():
        try:
            F.conv2d(IMAGE, KERNEL)
        except check.ForbiddenCall:
            raise ValueError("something else") from None

    with pytest.raises(check.ForbiddenCall), check.forbid("conv2d"):
        disguising()


def test_what_is_not_named_stays_allowed():
    with check.forbid("conv2d", "unfold"):
        patches = IMAGE.unfold(2, 2, 1).unfold(3, 2, 1)
        by_hand = torch.einsum("nchwij,ocij->nohw", patches, KERNEL)
        torch.fft.rfft2(IMAGE).real.to(torch.float64).sum()
        F.pad(IMAGE, (1, 1, 1, 1))[0, 0].long().bool()
    assert torch.equal(by_hand, F.conv2d(IMAGE, KERNEL))


@pytest.mark.parametrize("call", [lambda: F.unfold(IMAGE, 2), lambda: nn.Unfold(2)(IMAGE)])
def test_unfold_means_the_functional_one(call):
    with pytest.raises(check.ForbiddenCall, match="unfold"), check.forbid("unfold"):
        call()


def test_other_layers_can_be_forbidden():
    for name, call in {
        "max_pool2d": lambda: nn.MaxPool2d(2)(IMAGE),
        "batch_norm": lambda: nn.BatchNorm2d(1)(IMAGE),
        "linear": lambda: nn.Linear(4, 2)(IMAGE),
        "pad": lambda: F.pad(IMAGE, (1, 1), mode="reflect"),
        "interpolate": lambda: F.interpolate(IMAGE, (2, 2), mode="area"),  # pools, but that is not its name
        "normalize": lambda: F.normalize(IMAGE),
    }.items():
        with pytest.raises(check.ForbiddenCall, match=name), check.forbid(name):
            call()


def test_a_dotted_path_is_forbidden_in_its_module_and_in_the_notebook():
    from numpy import convolve

    main = sys.modules["__main__"]
    main.imported = convolve
    try:
        for call in (lambda: np.convolve([1], [1]), lambda: main.imported([1], [1])):
            with pytest.raises(check.ForbiddenCall, match=r"numpy\.convolve"), check.forbid("numpy.convolve"):
                call()
            assert call().tolist() == [1]
    finally:
        del main.imported
    assert np.convolve is convolve


@pytest.mark.parametrize("holder", ["cnnlib", "cnnlib.arithmetic", "cnnlib.arithmetic.convolutions"])
@pytest.mark.parametrize("path", ["cnnlib.conv_output_size", "cnnlib.arithmetic.conv_output_size"])
def test_a_dotted_path_stands_for_its_function_in_all_packages_around_it(path, holder):
    module = importlib.import_module(holder)
    with pytest.raises(check.ForbiddenCall, match=re.escape(path)), check.forbid(path):
        module.conv_output_size(32, 5)
    assert module.conv_output_size(32, 5) == 28


def test_a_package_that_is_not_installed_needs_no_forbidding():
    with check.forbid("no_such_package.signal.convolve2d"):
        pass


@pytest.mark.parametrize("name", ["conv2", "numpy.convolve2"])
def test_a_name_that_does_not_exist_cannot_be_forbidden(name):
    with pytest.raises(ValueError, match=f"cannot forbid '{name}'"), check.forbid(name):
        pass


def test_a_grader_can_ask_what_is_forbidden_and_tell_what_it_found():
    assert forbidden_names() == ()
    with check.forbid("conv2d", "unfold"):
        with check.forbid("numpy.convolve", "conv2d"):
            assert forbidden_names() == ("conv2d", "unfold", "numpy.convolve")
        assert forbidden_names() == ("conv2d", "unfold")
    with pytest.raises(check.ForbiddenCall, match="seen elsewhere"), check.forbid("conv2d"):
        note_forbidden_call("seen elsewhere")
    assert forbidden_names() == ()
    note_forbidden_call("nobody minds")


def test_parameters_can_be_made_while_something_is_forbidden_also_after_detach_was():
    with pytest.raises(check.ForbiddenCall), check.forbid("detach"):
        IMAGE.detach()
    with check.forbid("conv2d"):
        assert nn.Linear(4, 2)(IMAGE).shape[-1] == 2
