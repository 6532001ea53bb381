"""Sizes, parameters and multiply-accumulates agree with PyTorch's own modules."""

import itertools

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F

import cnnlib
from cnnlib.arithmetic import conv_macs, conv_output_size, conv_parameters, conv_transpose_output_size

CONV = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d, 3: nn.ConvTranspose3d}


def size_or_none(function, *arguments):
    """The size, or None where the arguments are refused."""
    try:
        return function(*arguments)
    except ValueError:
        return None


def torch_conv_size(size, kernel_size, stride, padding, dilation):
    x = torch.empty(1, 1, size, device="meta")
    weight = torch.empty(1, 1, kernel_size, device="meta")
    try:
        return F.conv1d(x, weight, None, stride, padding, dilation).shape[-1]
    except RuntimeError:
        return None


def torch_conv_transpose_size(size, kernel_size, stride, padding, output_padding, dilation):
    # on the CPU: the meta device lets a large output_padding pass
    x, weight = torch.empty(1, 1, size), torch.empty(1, 1, kernel_size)
    try:
        return F.conv_transpose1d(x, weight, None, stride, padding, output_padding, 1, dilation).shape[-1]
    except RuntimeError:
        return None


def test_output_size_agrees_with_torch_in_every_configuration_of_a_grid():
    grid = list(itertools.product(range(1, 21), range(1, 8), range(1, 5), range(5), range(1, 5)))
    ours = [size_or_none(conv_output_size, *arguments) for arguments in grid]
    torchs = [torch_conv_size(*arguments) for arguments in grid]
    wrong = [a for a, x, y in zip(grid, ours, torchs, strict=True) if x != y]
    assert not wrong
    print(f"{len(grid)} configurations, {ours.count(None)} of them refused by both")


def test_transposed_output_size_agrees_with_torch_in_every_configuration_of_a_grid():
    grid = list(itertools.product(range(1, 9), range(1, 5), range(1, 4), range(3), range(4), range(1, 4)))
    ours = [size_or_none(conv_transpose_output_size, *arguments) for arguments in grid]
    torchs = [torch_conv_transpose_size(*arguments) for arguments in grid]
    wrong = [(a, x, y) for a, x, y in zip(grid, ours, torchs, strict=True) if x != y]
    assert not wrong
    print(f"{len(grid)} configurations, {ours.count(None)} of them refused by both")


@st.composite
def layers(draw, transposed=False):
    """Arguments of a random layer in 1 to 3 dimensions, and a size it can take."""
    n = draw(st.integers(1, 3))

    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(n))

    groups = draw(st.integers(1, 3))
    arguments = {
        "in_channels": groups * draw(st.integers(1, 3)),
        "out_channels": groups * draw(st.integers(1, 3)),
        "kernel_size": each(1, 5),
        "stride": each(1, 4),
        "padding": each(0, 3),
        "dilation": each(1, 3),
        "groups": groups,
        "bias": draw(st.booleans()),
    }
    reach = [d * (k - 1) + 1 for k, d in zip(arguments["kernel_size"], arguments["dilation"], strict=True)]
    if transposed:
        largest = [max(s, d) - 1 for s, d in zip(arguments["stride"], arguments["dilation"], strict=True)]
        arguments["output_padding"] = tuple(draw(st.integers(0, a)) for a in largest)
        size = tuple(draw(st.integers(8, 12)) for _ in range(n))  # more than any padding removes
    else:
        least = [max(1, r - 2 * p) for r, p in zip(reach, arguments["padding"], strict=True)]
        size = tuple(draw(st.integers(i, i + 9)) for i in least)
    return n, arguments, size


SIZE_NAMES = ("kernel_size", "stride", "padding", "dilation")


@given(layers())
@settings(deadline=None, max_examples=150)
def test_a_random_convolution_has_the_shape_and_parameters_of_torch(case):
    n, arguments, size = case
    layer = CONV[n](**arguments, device="meta")
    x = torch.empty(2, arguments["in_channels"], *size, device="meta")
    assert conv_output_size(size, *(arguments[name] for name in SIZE_NAMES)) == layer(x).shape[2:]
    names = ("in_channels", "out_channels", "kernel_size", "groups", "bias")
    assert conv_parameters(**{name: arguments[name] for name in names}) == sum(
        p.numel() for p in layer.parameters()
    )


@given(layers(transposed=True))
@settings(deadline=None, max_examples=150)
def test_a_random_transposed_convolution_has_the_shape_of_torch(case):
    n, arguments, size = case
    layer = TRANSPOSED[n](**arguments, device="meta")
    x = torch.empty(2, arguments["in_channels"], *size, device="meta")
    names = (*SIZE_NAMES, "output_padding")
    assert conv_transpose_output_size(size, **{name: arguments[name] for name in names}) == layer(x).shape[2:]


@given(layers())
@settings(deadline=None, max_examples=100)
def test_macs_are_half_of_what_torch_counts_as_operations(case):
    from torch.utils.flop_counter import FlopCounterMode

    n, arguments, size = case
    layer = CONV[n](**arguments, device="meta")
    with FlopCounterMode(display=False) as counter:
        y = layer(torch.empty(1, arguments["in_channels"], *size, device="meta"))
    macs = conv_macs(
        arguments["in_channels"],
        arguments["out_channels"],
        arguments["kernel_size"],
        y.shape[2:],
        arguments["groups"],
    )
    assert 2 * macs == counter.get_total_flops()


@given(layers(transposed=True))
@settings(deadline=None, max_examples=50)
def test_macs_of_a_transposed_convolution_count_from_its_input(case):
    from torch.utils.flop_counter import FlopCounterMode

    n, arguments, size = case
    layer = TRANSPOSED[n](**arguments, device="meta")
    with FlopCounterMode(display=False) as counter:
        layer(torch.empty(1, arguments["in_channels"], *size, device="meta"))
    macs = conv_macs(
        arguments["in_channels"],
        arguments["out_channels"],
        arguments["kernel_size"],
        size,
        arguments["groups"],
    )
    assert 2 * macs == counter.get_total_flops()


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(
    ("size", "kernel_size", "dilation"), [(5, 4, 1), (5, 3, 2), ((6, 7), (2, 5), (3, 1))]
)
def test_named_padding_means_what_it_means_in_torch(size, kernel_size, dilation, padding):
    n = len(size) if isinstance(size, tuple) else 1
    layer = CONV[n](1, 1, kernel_size, padding=padding, dilation=dilation, device="meta")
    shape = size if n > 1 else (size,)
    expected = tuple(layer(torch.empty(1, 1, *shape, device="meta")).shape[2:])
    got = conv_output_size(size, kernel_size, padding=padding, dilation=dilation)
    assert (got if n > 1 else (got,)) == expected


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        # counts of the course's own worked examples; parameters of torch's modules
        (lambda: conv_parameters(3, 10, 5), 760),
        (lambda: conv_parameters(32, 32, (5,)), 5_152),
        (lambda: conv_parameters(32, 32, (5, 5)), 25_632),
        (lambda: conv_parameters(32, 32, (5, 5, 5)), 128_032),
        (lambda: conv_parameters(3, 10, 7), 1_480),
        (lambda: conv_parameters(10, 6, 5), 1_506),
        (lambda: conv_macs(1, 64, 3, 1024), 603_979_776),
        # ResNet's stem on 224 x 224: 112.5 is floored (He et al. 2015, table 1: conv1 gives 112 x 112)
        (lambda: conv_output_size((224, 224), 7, 2, 3), (112, 112)),
        (lambda: conv_output_size(32, 7), 26),
        (lambda: conv_output_size(26, 5, 2), 11),
    ],
)
def test_known_values(call, expected):
    assert call() == expected


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: conv_output_size(4, 7, padding=1), ValueError, "kernel is larger than the padded input"),
        (lambda: conv_output_size(0, 1), ValueError, "size must be at least 1, got 0"),
        (lambda: conv_output_size(5, 3, 0), ValueError, "stride must be at least 1"),
        (lambda: conv_output_size(5, 3, padding=-1), ValueError, "padding must be at least 0"),
        (lambda: conv_output_size(5.0, 3), TypeError, "size must be a whole number"),
        (lambda: conv_output_size(5, "3"), TypeError, "kernel_size must be a whole number"),
        (lambda: conv_output_size((5, 5), (3,)), ValueError, "size has 2, kernel_size has 1"),
        (lambda: conv_output_size((), 3), ValueError, "size must have one number"),
        (lambda: conv_output_size(5, 3, 2, "same"), ValueError, "needs stride 1"),
        (lambda: conv_output_size(5, 3, padding="full"), ValueError, '"valid" or "same"'),
        (lambda: conv_transpose_output_size(4, 3, 2, 0, 2), ValueError, "use at most 1"),
        (lambda: conv_transpose_output_size(1, 2, 1, 4), ValueError, "removes the whole output"),
        (lambda: conv_parameters(3, 10, 5, groups=2), ValueError, "groups must divide in_channels"),
        (lambda: conv_parameters(4, 9, 5, groups=2), ValueError, "groups must divide out_channels"),
        (lambda: conv_parameters((3,), 10, 5), TypeError, "in_channels must be one whole number"),
        (lambda: conv_macs(3, 10, (3, 3), (5, 5, 5)), ValueError, "kernel_size has 2, output_size has 3"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, error, words):
    with pytest.raises(error) as raised:
        call()
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_everything_is_offered_at_the_top_of_the_package():
    assert cnnlib.conv_output_size is conv_output_size
    for name in cnnlib.__all__:
        assert getattr(cnnlib, name) is not None


def test_importing_the_package_loads_neither_torchvision_nor_pyplot():
    import subprocess
    import sys

    code = "import sys, cnnlib; print([m for m in ('torchvision', 'matplotlib.pyplot') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
