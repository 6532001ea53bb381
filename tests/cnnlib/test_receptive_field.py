"""The recurrence agrees with published values and with where gradients reach."""

import copy
import re

import pytest
import torch
import torchvision
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlib import effective_receptive_field, receptive_field


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [
        # Araujo, Norris and Sim, Distill 2019; README of github.com/google-research/receptive_field
        ("alexnet", "features", 195),
        ("vgg16", "features", 212),
        ("inception_v3", "Mixed_7c", 1311),
        # by hand, Sandler et al. 2018, table 2: the stem, then a 3 x 3 in each of 17 blocks adds 2 * jump
        ("mobilenet_v2", "features", 3 + 2 * (2 + (2 + 4) + (4 + 16) + (8 + 48) + 48 + (16 + 64) + 32)),
        # by hand: 1 + 6 + 2 * 2 for the stem, four 3 x 3 at jump 4, then a stage of 3 x 3 at jumps 4, 8, 8,
        # 8, one at 8, 16, 16, 16 and one at 16, 32, 32, 32, each adding 2 * jump
        ("resnet18", "layer4", 11 + 2 * (4 * 4 + (4 + 24) + (8 + 48) + (16 + 96))),
    ],
)
def test_known_receptive_fields(name, layer, size):
    with torch.device("meta"):
        options = {"init_weights": False} if name == "inception_v3" else {}
        model = getattr(torchvision.models, name)(weights=None, **options)
    side = 299 if name == "inception_v3" else 224
    assert receptive_field(model.eval(), (1, 3, side, side))[layer].size == (size, size)


@st.composite
def windows(draw, n=2):
    """Arguments of one random convolution or average pooling in n dimensions."""

    def each(low, high):
        return tuple(draw(st.integers(low, high)) for _ in range(n))

    kernel, dilation = each(1, 4), each(1, 2)
    padding = tuple(draw(st.integers(0, k // 2)) for k in kernel)
    if draw(st.booleans()):
        return nn.AvgPool2d(kernel, stride=each(1, 3), padding=padding)
    return nn.Conv2d(1, 1, kernel, each(1, 3), padding, dilation, bias=False, dtype=torch.double)


def positive(model: nn.Module) -> nn.Module:
    """No weight can cancel another, so that a gradient is zero only where nothing is seen."""
    for parameter in model.parameters():
        nn.init.uniform_(parameter, 0.5, 1.0)
    return model.double()


def seen(model: nn.Module, layer: str, shape: tuple[int, ...]) -> list[tuple[int, int]]:
    """First and last input position with a gradient, for each dimension."""
    gradient = effective_receptive_field(positive(model), layer, shape)
    return [(int(p.min()), int(p.max())) for p in gradient.nonzero().T]


def predicted(model: nn.Module, layer: str, shape: tuple[int, ...], output: tuple[int, ...]):
    """First and last input position that the center unit sees, cut to the input."""
    field = receptive_field(model, shape)[layer]
    ranges = []
    for size, jump, center, n, side in zip(*field, output, shape[2:], strict=True):
        middle = center + jump * (n // 2)
        ranges.append((max(0, int(middle - (size - 1) / 2)), min(side - 1, int(middle + (size - 1) / 2))))
    return ranges


@given(st.lists(windows(), min_size=1, max_size=3), st.integers(150, 157), st.integers(150, 157))
@settings(deadline=None, max_examples=40)
def test_gradients_of_a_random_stack_reach_exactly_as_far_as_the_formula(layers, height, width):
    # on this size the center unit's taps stay off every layer's padding, which carries no gradient
    model, shape = nn.Sequential(*layers), (1, 1, height, width)
    output = model.double()(torch.zeros(shape, dtype=torch.double)).shape[2:]
    layer = str(len(layers) - 1)
    assert seen(model, layer, shape) == predicted(model, layer, shape, output)


class Joined(nn.Module):
    """Two paths over the same input, cut or padded on one side so that their centers differ."""

    def __init__(self, first: int, second: int, stride: int, shift: int, join: str):
        super().__init__()
        self.first = nn.Conv2d(1, 1, first, stride, padding=first // 2)
        self.second = nn.Conv2d(1, 1, second, stride, padding=second // 2)
        self.shift, self.join = shift, join
        self.last = nn.Conv2d(2 if join == "cat" else 1, 1, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = F.pad(x, (self.shift, 1, 0, 2))
        a = self.first(x)[:, :, 1:10, 1:10]
        b = self.second(x)[:, :, :9, :9]
        return self.last(torch.cat([a, b], dim=1) if self.join == "cat" else a + b)


@given(
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 3),
    st.integers(0, 3),
    st.sampled_from(["cat", "add"]),
)
@settings(deadline=None, max_examples=25)
def test_a_join_sees_the_union_even_of_fields_with_different_centers(first, second, stride, shift, join):
    model, shape = Joined(first, second, stride, shift, join), (1, 1, 40, 40)
    assert seen(model, "last", shape) == predicted(model, "last", shape, (7, 7))


class Functions(nn.Module):
    """The same network as ``as_modules``, by functions."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(4, 3, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(F.conv2d(x, self.weight, padding="same", dilation=2))
        x = F.max_pool2d(x, 2)
        x = F.avg_pool2d(F.pad(x, (1, 1, 1, 1)), kernel_size=3, stride=2)
        return F.adaptive_avg_pool2d(x, 1).flatten(1)


def as_modules() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 4, 3, padding="same", dilation=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.ZeroPad2d(1),
        nn.AvgPool2d(3, stride=2),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
    )


def test_functions_and_modules_give_the_same_fields():
    shape = (1, 3, 16, 16)
    by_function, by_module = receptive_field(Functions(), shape), receptive_field(as_modules(), shape)
    assert list(by_function.values()) == list(by_module.values())
    assert list(by_function) == [
        "conv2d",
        "relu",
        "max_pool2d",
        "pad",
        "avg_pool2d",
        "adaptive_avg_pool2d",
        "flatten",
    ]


def test_a_linear_layer_after_flattening_sees_the_whole_padded_input_and_flattening_changes_nothing():
    # LeNet-5 on 28 x 28 with padding 2: 28 + 2 * 2 = 32
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 10),
    )
    fields = receptive_field(model, (1, 1, 28, 28))
    assert [f.size[0] for f in fields.values()] == [5, 6, 14, 16, 16, 32]
    assert fields["4"] == fields["3"]
    assert fields["5"].center == (13.5, 13.5)


@pytest.mark.parametrize(
    "pool",
    [
        lambda x: F.adaptive_avg_pool2d(x, 1),
        lambda x: x.mean((2, 3)),
        lambda x: x.amax((-2, -1), keepdim=True),
    ],
)
def test_global_pooling_sees_every_position(pool):
    class Pool(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return pool(x)

    (field,) = receptive_field(Pool(), (1, 3, 12, 9)).values()
    assert field == ((12, 9), (12, 9), (5.5, 4.0))


class Gated(nn.Module):
    """A convolution whose channels are weighted by a gate made from a global average."""

    def __init__(self):
        super().__init__()
        self.conv, self.gate = nn.Conv2d(4, 4, 3), nn.Conv2d(4, 4, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        return x * torch.sigmoid(self.gate(x.mean((2, 3), keepdim=True)))


def test_a_gate_is_left_out():
    fields = receptive_field(Gated(), (1, 4, 12, 12))
    assert fields["gate"].size == (12, 12)
    assert fields["mul"].size == (3, 3)


def test_names_follow_the_modules_and_number_repeated_calls():
    with torch.device("meta"):
        fields = receptive_field(torchvision.models.resnet18(), (1, 3, 64, 64))
    block = ["conv1", "bn1", "relu", "conv2", "bn2", "add", "relu_1"]
    expected = [f"layer1.0.{name}" for name in block] + ["layer1.0"]
    names = list(fields)
    assert names[4:12] == expected
    assert fields["layer1.0.relu"].size < fields["layer1.0.relu_1"].size == fields["layer1.0"].size


def test_a_single_layer_and_other_numbers_of_dimensions_work():
    assert receptive_field(nn.Conv1d(1, 1, 5, stride=3), (1, 1, 20)) == {"(model)": ((5,), (3,), (2.0,))}
    assert receptive_field(nn.Conv3d(1, 1, (1, 2, 3)), (1, 1, 5, 5, 5))["(model)"].size == (1, 2, 3)


class Branches(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x if x.sum() > 0 else -x


class Cut(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([x[:, :, :4], x[:, :, 4:]], dim=2)


@pytest.mark.parametrize(
    ("model", "shape", "words"),
    [
        (nn.Sequential(nn.ConvTranspose2d(3, 3, 2)), (1, 3, 8, 8), "ConvTranspose2d '0': after upsampling"),
        (nn.Sequential(nn.Upsample(scale_factor=2)), (1, 3, 8, 8), "Upsample '0'"),
        (Branches(), (1, 3, 8, 8), "torch.fx cannot trace Branches"),
        (Cut(), (1, 3, 8, 8), "joins tensors along a spatial dimension"),
        (nn.Sequential(nn.Linear(8, 8)), (1, 3, 8, 8), "acts on a spatial dimension; flatten"),
        (
            nn.Sequential(nn.Conv2d(3, 3, 9)),
            (1, 3, 8, 8),
            "its layer '0' (Conv2d, in_channels=3) gets (1, 3, 8, 8)",
        ),
        (nn.Sequential(nn.Conv2d(3, 3, 3)), (3, 8, 8), "needs 2 spatial dimensions after batch size"),
        (nn.Sequential(nn.Conv2d(3, 3, 3)), (1, 3, 8, 0), "positive whole numbers"),
        (nn.Sequential(nn.LazyConv2d(3, 3)), (1, 3, 8, 8), "lazy layers"),
    ],
)
def test_what_cannot_be_followed_is_named_in_one_sentence(model, shape, words):
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        receptive_field(model, shape)
    assert "\n" not in str(raised.value)


def state(model: nn.Module) -> tuple:
    tensors = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    gradients = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    return (
        tensors,
        gradients,
        [m.training for m in model.modules()],
        [p.requires_grad for p in model.parameters()],
    )


def test_the_model_and_the_global_random_state_stay_as_they_are():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout(), nn.Conv2d(2, 1, 3))
    model[1].eval()
    model(torch.randn(2, 1, 9, 9)).sum().backward()
    model[0].weight.requires_grad_(False)
    calls = []
    model[0].register_forward_hook(lambda *arguments: calls.append(arguments))
    before, random = copy.deepcopy(state(model)), torch.get_rng_state()
    receptive_field(model, (1, 1, 9, 9))
    effective_receptive_field(model, "3", (2, 1, 9, 9))
    after = state(model)
    assert not calls
    assert torch.equal(torch.get_rng_state(), random)
    assert before[2:] == after[2:]
    assert all(torch.equal(before[0][name], tensor) for name, tensor in after[0].items())
    assert all(a is b is None or torch.equal(a, b) for a, b in zip(before[1], after[1], strict=True))


def test_the_effective_field_is_seeded_averages_over_inputs_and_fades_from_the_center():
    torch.manual_seed(0)
    model = nn.Sequential(*[layer for _ in range(5) for layer in (nn.Conv2d(1, 1, 3, padding=1), nn.Tanh())])
    nn.init.constant_(model[0].weight, 0.5)
    for layer in model[::2]:
        nn.init.uniform_(layer.weight, 0.1, 0.3)
    one, again = (effective_receptive_field(model, "8", (4, 1, 21, 21)) for _ in range(2))
    other = effective_receptive_field(model, "8", (4, 1, 21, 21), seed=1)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)
    assert one.shape == (21, 21)
    assert one[10, 10] > one[10, 7] > one[10, 5] > 0  # Luo et al. 2016: it falls off like a Gaussian
    assert one[10, 4] == 0  # outside of the theoretical field of size 11


@pytest.mark.parametrize(
    ("layer", "words"),
    [("7", "no layer '7'; its layers are 0, 1, 2"), ("2", "must give (N, C, H, W)")],
)
def test_a_layer_without_center_unit_is_refused(layer, words):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(), nn.Flatten())
    with pytest.raises(ValueError, match=re.escape(words)):
        effective_receptive_field(model, layer, (1, 1, 9, 9))


def network(run, **layers: object) -> nn.Module:
    """A model whose forward method is `run`, with these layers."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            for name, layer in layers.items():
                setattr(self, name, layer)

        forward = run

    return Network()


@pytest.mark.parametrize(
    "pool",
    [
        lambda self, x: F.max_pool2d(x, 2),
        lambda self, x: F.max_pool2d(x, 2, return_indices=True)[0],
        lambda self, x: F.max_pool2d_with_indices(x, kernel_size=2)[0],
        lambda self, x: (lambda values, places: values)(*F.max_pool2d(x, 2, return_indices=True)),
        lambda self, x: self.pool(x)[0],
        lambda self, x: (lambda values, places: values)(*self.pool(x)),
    ],
)
def test_pooling_with_indices_sees_what_pooling_sees(pool):
    model = network(lambda self, x: self.last(pool(self, self.first(x))), first=nn.Conv2d(3, 4, 3))
    model.last, model.pool = nn.Conv2d(4, 4, 3), nn.MaxPool2d(2, return_indices=True)
    fields = receptive_field(model, (1, 3, 16, 16))
    assert not [name for name in fields if "getitem_" in name]  # nobody took the places out
    assert fields["last"] == ((8, 8), (2, 2), (3.5, 3.5))
    seen = effective_receptive_field(model, "last", (2, 3, 16, 16)).nonzero()
    assert ((seen.max(0).values - seen.min(0).values) < 8).all()


@pytest.mark.parametrize(
    "reduce",
    [lambda x: x.max(dim=1, keepdim=True)[0], lambda x: torch.min(x, 1, keepdim=True).values, torch.abs],
)
def test_a_maximum_over_channels_changes_no_field_and_one_of_two_tensors_joins_them(reduce):
    model = network(lambda self, x: self.a(torch.max(reduce(x), reduce(self.b(x)))), a=nn.LazyConv2d(1, 1))
    model.b = nn.Conv2d(3, 3, 3, padding=1)
    model(torch.zeros(1, 3, 8, 8))
    assert receptive_field(model, (1, 3, 8, 8))["a"].size == (3, 3)


def test_of_a_layer_with_several_outputs_the_first_one_counts():
    block = network(lambda self, x: {"deep": self.b(self.a(x)), "wide": x}, a=nn.Conv2d(3, 3, 3))
    block.b = nn.Conv2d(3, 3, 3)
    model = network(lambda self, x: self.block(x)["wide"], block=block)
    assert receptive_field(model, (1, 3, 9, 9))["block"].size == (5, 5)
    assert torch.equal(
        effective_receptive_field(model, "block", (1, 3, 9, 9)),
        effective_receptive_field(model, "block.b", (1, 3, 9, 9)),
    )


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.LSTM(8, 4, batch_first=True), "through LSTM 'last': each step sees the steps before it"),
        (nn.MultiheadAttention(8, 2, batch_first=True), "through MultiheadAttention 'last'"),
        (nn.FractionalMaxPool2d(2, output_size=4, return_indices=True), "through FractionalMaxPool2d 'last'"),
    ],
)
def test_layers_that_give_pairs_and_have_no_rule_are_named(layer, words):
    def run(self: nn.Module, x: Tensor) -> Tensor:
        if isinstance(layer, nn.FractionalMaxPool2d):
            return self.last(x)[0]
        step = x.mean((2, 3)).unsqueeze(1)
        return self.last(step)[0] if isinstance(layer, nn.LSTM) else self.last(step, step, step)[0]

    with pytest.raises(ValueError, match=re.escape(words)):
        receptive_field(network(run, last=layer), (1, 8, 16, 16))


def test_a_layer_whose_forward_is_called_directly_has_its_name():
    model = network(lambda self, x: self.b.forward(self.a.forward(x)), a=nn.Conv2d(3, 3, 3))
    model.b = nn.Sequential(nn.ReLU(), nn.Conv2d(3, 3, 3))
    sizes = {name: field.size for name, field in receptive_field(model, (1, 3, 9, 9)).items()}
    assert sizes == {"a": (3, 3), "b.0": (3, 3), "b.1": (5, 5), "b": (5, 5)}
    assert effective_receptive_field(model, "a", (1, 3, 9, 9)).count_nonzero() == 9


def test_a_sum_in_place_counts_for_what_follows_and_not_for_what_came_before():
    def run(self: nn.Module, x: Tensor) -> Tensor:
        y = self.a(x)
        y.add_(self.b(x))
        return self.c(y)

    model = network(run, a=nn.Conv2d(3, 3, 1), b=nn.Conv2d(3, 3, 5, padding=2), c=nn.Conv2d(3, 3, 1))
    fields = receptive_field(model, (1, 3, 9, 9))
    assert [fields[name].size for name in "abc"] == [(1, 1), (5, 5), (5, 5)]
    assert [effective_receptive_field(model, name, (1, 3, 9, 9)).count_nonzero() for name in "abc"] == [
        1,
        25,
        25,
    ]


def test_a_layer_in_place_changes_no_effective_field():
    torch.manual_seed(0)
    plain = nn.Sequential(nn.Tanh(), nn.Conv2d(3, 3, 3), nn.ReLU(), nn.Conv2d(3, 3, 3))
    in_place = nn.Sequential(nn.Tanh(), plain[1], nn.ReLU(inplace=True), plain[3])
    for layer in "0123":
        maps = [effective_receptive_field(model, layer, (3, 3, 9, 9)) for model in (plain, in_place)]
        assert torch.equal(*maps)
    first = nn.Sequential(nn.ReLU(inplace=True), nn.Conv2d(3, 3, 3))
    assert effective_receptive_field(first, "1", (3, 3, 9, 9)).count_nonzero() == 9


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.cuda(),
        lambda x: x.to("cpu"),
        lambda x: x + torch.zeros(3, 1, 1, device="cuda"),
        lambda x: F.dropout(x, 0.1),
        lambda x: x * x.detach().std().item(),
    ],
)
def test_a_model_may_move_its_input_draw_numbers_or_look_at_values(change):
    model = network(lambda self, x: self.conv(change(x)), conv=nn.Conv2d(3, 3, 3))
    random = torch.get_rng_state()
    assert receptive_field(model, (1, 3, 9, 9))["conv"].size == (3, 3)
    assert effective_receptive_field(model, "conv", (2, 3, 9, 9)).count_nonzero() == 9
    assert torch.equal(torch.get_rng_state(), random)


@pytest.mark.parametrize("wrap", [torch.compile, nn.DataParallel])
def test_a_wrapped_model_has_the_fields_of_the_model_in_it(wrap):
    model, shape = nn.Sequential(nn.Conv2d(3, 3, 3), nn.ReLU()), (1, 3, 9, 9)
    assert receptive_field(wrap(model), shape) == receptive_field(model, shape)
    assert receptive_field(nn.Sequential(wrap(model)), shape).keys() == {"0.0", "0.1", "0"}
    assert torch.equal(
        effective_receptive_field(wrap(model), "1", shape), effective_receptive_field(model, "1", shape)
    )


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda self, x: x, "layer 'layer' is never called itself"),
        (lambda self, x: self.layer(x).argmax(1), "must give (N, C, H, W) for a center unit to exist"),
        (lambda self, x: self.layer(x.detach()), "has no gradient with respect to the input"),
        (lambda self, x: self.layer(torch.from_numpy(x.numpy())), "no gradient gets through Network"),
        (lambda self, x: self.layer(x[:, :2]), "Network cannot take an input of shape (1, 3, 9, 9)"),
        (lambda self, x, y: x, "Network.forward needs 2 inputs (x, y)"),
    ],
)
def test_without_an_effective_field_the_true_reason_is_given(run, words):
    layer = nn.Flatten() if "center unit" in words else nn.Conv2d(3, 3, 3)
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        effective_receptive_field(network(run, layer=layer), "layer", (1, 3, 9, 9))
    assert "\n" not in str(raised.value)
