"""The summary's numbers are PyTorch's, its tables are readable, and the model is not touched."""

import copy
import dataclasses
import html.parser
import re
import threading
from collections.abc import Callable

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnnlib import conv_macs, conv_parameters, summary
from cnnlib.arithmetic import LayerSummary


def lenet() -> nn.Module:
    """LeNet-5 with dense C3 (LeCun et al. 1998, fully connected over the channels)."""
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def ten_layers() -> nn.Module:
    """The course's ten-layer network: pooling after layers 4, 6 and 8, global pooling after the tenth."""
    layers, channels = [], 3
    for n, width in enumerate([64] * 4 + [128] * 2 + [256] * 2 + [512] * 2, start=1):
        layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if n in (4, 6, 8) else []
        channels = width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 1000))


@pytest.mark.parametrize(
    ("build", "shape", "parameters", "macs"),
    [
        # torchvision's documentation states these parameters, and GMAC as "GFLOPS": 4.09, 15.47, 0.30
        (torchvision.models.resnet50, (1, 3, 224, 224), 25_557_032, 4_089_184_256),
        (torchvision.models.vgg16, (1, 3, 224, 224), 138_357_544, 15_470_264_320),
        (torchvision.models.mobilenet_v2, (1, 3, 224, 224), 3_504_872, 300_774_272),
        # by hand: 156 + 2,416 + 48,120 + 10,164 + 850; 28 * 28 * 150 + 100 * 2,400 + 48,000 + 10,080 + 840
        (lenet, (1, 1, 28, 28), 61_706, 416_520),
        (ten_layers, (1, 3, 224, 224), 5_274_280, 13_959_876_608),
    ],
)
def test_totals_are_the_known_ones_and_the_rows_add_up(build, shape, parameters, macs):
    with torch.device("meta"):
        model = build()
    result = summary(model, shape)
    with FlopCounterMode(display=False) as counter:
        model.eval()(torch.empty(shape, device="meta"))
    assert result.parameters == parameters
    assert result.macs == counter.get_total_flops() // 2
    assert result.macs == macs
    assert sum(layer.parameters for layer in result.layers) == result.parameters
    assert sum(layer.macs for layer in result.layers) == result.macs
    assert all(layer.receptive_field for layer in result.layers)
    assert result.note is None


def test_a_layers_row_agrees_with_the_formulas():
    layer = summary(nn.Sequential(nn.Conv2d(4, 6, (3, 5), groups=2)), (1, 4, 10, 10)).layers[0]
    assert layer[:3] == ("0", "Conv2d", (1, 6, 8, 6))
    assert layer.parameters == conv_parameters(4, 6, (3, 5), groups=2)
    assert layer.macs == conv_macs(4, 6, (3, 5), (8, 6), groups=2)
    assert layer.receptive_field.size == (3, 5)


def test_macs_are_those_of_the_whole_batch():
    assert summary(lenet(), (5, 1, 28, 28)).macs == 5 * summary(lenet(), (1, 1, 28, 28)).macs


class Shared(nn.Module):
    """Calls one layer twice, uses its weight a third time, and has a layer it never calls."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1))
        self.conv = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.twin = nn.Conv2d(3, 3, 3, padding=1, bias=False)
        self.twin.weight = self.conv.weight
        self.idle = nn.Linear(2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.scale * F.conv2d(self.twin(self.conv(self.conv(x))), self.conv.weight)


def test_shared_parameters_count_once_and_own_or_unused_ones_have_a_row():
    result = summary(Shared(), (1, 3, 8, 8))
    rows = [(layer.name, layer.parameters, layer.macs) for layer in result.layers]
    macs = 8 * 8 * 81
    assert rows == [
        ("conv", 81, macs),
        ("conv_1", 0, macs),
        ("twin", 0, macs),
        ("(model)", 1, 36 * 81),
        ("idle", 6, 0),
    ]
    assert result.parameters == 88 == sum(p.numel() for p in Shared().parameters())
    assert "not called" in str(result)


class Choice(nn.Module):
    """A model that torch.fx cannot trace."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x) if x.shape[0] > 0 else x


def test_a_missing_receptive_field_is_a_dash_with_a_reason():
    result = summary(Choice(), (1, 3, 8, 8))
    assert result.layers[0].receptive_field is None
    assert result.macs == 36 * 4 * 27
    assert str(result).splitlines()[3].endswith("\N{EN DASH}")
    assert "\N{EN DASH}: torch.fx cannot trace Choice" in str(result)
    assert "torch.fx cannot trace Choice" in result._repr_html_()


def test_receptive_fields_are_given_as_far_as_they_can_be_followed():
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ConvTranspose2d(4, 4, 2, 2), nn.Conv2d(4, 4, 3))
    result = summary(model, (1, 3, 8, 8))
    assert [layer.receptive_field is None for layer in result.layers] == [False, True, True]
    assert "ConvTranspose2d '1'" in result.note


def test_the_text_is_an_aligned_table_with_totals():
    lines = str(summary(lenet(), (1, 1, 28, 28))).splitlines()
    assert lines[0] == "Sequential on an input of shape (1, 1, 28, 28)"
    assert re.split(r"  +", lines[1]) == [
        "layer",
        "type",
        "output shape",
        "parameters",
        "MACs",
        "receptive field",
    ]
    rows = [line for line in lines[3:-2]]
    assert {len(line) for line in rows} == {len(lines[1])}
    assert re.split(r"  +", rows[0]) == ["0", "Conv2d", "1×6×28×28", "156", "117,600", "5×5"]
    assert lines[-1].split() == ["total", "61,706", "416,520"]


class Table(html.parser.HTMLParser):
    """Collects the tags of a table and its rows."""

    def __init__(self):
        super().__init__()
        self.tags, self.rows, self.caption = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])

    def handle_data(self, data):
        if self.tags[-1][0] == "caption":
            self.caption += data
        elif self.tags[-1][0] in ("th", "td"):
            self.rows[-1].append(data)


def test_the_html_table_has_a_caption_and_headers_with_a_scope():
    class Odd(nn.Sequential):
        pass

    Odd.__name__ = "<b>Odd</b>"
    table = Table()
    table.feed(summary(Odd(*lenet()), (1, 1, 28, 28))._repr_html_())
    assert table.caption == "<b>Odd</b> on an input of shape (1, 1, 28, 28)"
    headers = [attributes.get("scope") for tag, attributes in table.tags if tag == "th"]
    assert headers == ["col"] * 6 + ["row"] * 13
    assert table.rows[0][:3] == ["layer", "type", "output shape"]
    assert table.rows[-1] == ["total", "61,706", "416,520"]


def test_the_model_is_not_touched():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Dropout())
    model[1].eval()
    model(torch.randn(2, 1, 9, 9)).sum().backward()
    calls = []
    model[0].register_forward_hook(lambda *arguments: calls.append(arguments))
    before = copy.deepcopy(model.state_dict())
    gradient, random = model[0].weight.grad.clone(), torch.get_rng_state()
    summary(model, (1, 1, 9, 9))
    assert not calls
    assert [m.training for m in model] == [True, False, True]
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert torch.equal(model[0].weight.grad, gradient)
    assert torch.equal(torch.get_rng_state(), random)
    assert len(model[0]._forward_hooks) == 1
    assert not model[0]._forward_pre_hooks


def test_batch_norm_in_training_mode_does_not_refuse_one_image_of_one_position():
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2)).train()
    assert summary(model, (1, 1, 3, 3)).layers[-1].output_shape == (1, 2, 1, 1)


def test_double_precision_and_functional_operations_work():
    assert summary(Shared().double(), (1, 3, 8, 8)).parameters == 88


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        ((1, 1, 32, 32), "its layer '7' (Linear, in_features=400) gets (1, 576)"),
        ((1, 3, 28, 28), "its layer '0' (Conv2d, in_channels=1) gets (1, 3, 28, 28)"),
        ((1, 28, 28), "needs 2 spatial dimensions after batch size and channels"),
        ((1, 1, 28, -1), "positive whole numbers"),
        ((28, 28), "batch size first"),
    ],
)
def test_a_shape_the_model_cannot_take_gets_one_sentence_that_names_the_layer(shape, words):
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        summary(lenet(), shape)
    assert "\n" not in str(raised.value)


def network(run: Callable, **layers: object) -> nn.Module:
    """A model whose forward method is `run`, with these layers and other attributes."""

    class Network(nn.Module):
        def __init__(self):
            super().__init__()
            for name, layer in layers.items():
                setattr(self, name, layer)

        forward = run

    return Network()


def rows(model: nn.Module, *, shape: tuple[int, ...] = (1, 3, 16, 16)) -> dict[str, LayerSummary]:
    return {row.name: row for row in summary(model, shape).layers}


def output_cells(model: nn.Module) -> dict[str, str]:
    """What the text says about each layer's output."""
    lines = str(summary(model, (1, 3, 16, 16))).splitlines()[3:]
    table = lines[: next(i for i, line in enumerate(lines) if line.startswith("---"))]
    return {cells[0]: cells[2] for cells in (re.split(r"  +", line) for line in table)}


def conv() -> nn.Module:
    return nn.Conv2d(3, 8, 3)


def steps(self: nn.Module, x: Tensor) -> Tensor:
    """The 14 rows of the maps, as steps of 8 * 14 = 112 numbers."""
    return self.conv(x).permute(0, 2, 1, 3).flatten(2)


GATES = 112 + 16  # what one gate of 16 units multiplies in a step


@pytest.mark.parametrize(
    ("layer", "cell", "macs"),
    [
        (nn.LSTM(112, 16, batch_first=True), "1×14×16, 1×1×16, 1×1×16", 14 * 16 * 4 * GATES),
        (nn.GRU(112, 16, batch_first=True), "1×14×16, 1×1×16", 14 * 16 * 3 * GATES),
        (nn.RNN(112, 16, batch_first=True), "1×14×16, 1×1×16", 14 * 16 * GATES),
    ],
)
@pytest.mark.parametrize("on_values", [False, True])  # with values it runs on the CPU, by other operators
def test_recurrent_layers_have_all_shapes_and_the_same_macs_wherever_they_run(layer, cell, macs, on_values):
    def run(self: nn.Module, x: Tensor) -> Tensor:
        if on_values:
            assert x.std() > 0
        return self.head(self.rows(steps(self, x))[0][:, -1])

    model = network(run, conv=conv(), rows=layer, head=nn.Linear(16, 10))
    assert output_cells(model)["rows"] == cell
    found = rows(model)
    assert found["rows"].output_shape == (1, 14, 16)
    assert found["rows"].macs == macs
    assert found["head"].output_shape == (1, 10)


@pytest.mark.parametrize("on_values", [False, True])
@pytest.mark.parametrize("weights", [True, False])
def test_attention_and_what_it_does_with_its_inner_layer(weights, on_values):
    def run(self: nn.Module, x: Tensor) -> Tensor:
        if on_values:
            assert x.std() > 0
        tokens = self.conv(x).flatten(2).transpose(1, 2)
        return self.attention(tokens, key=tokens, value=tokens, need_weights=weights)[0]

    model = network(run, conv=conv(), attention=nn.MultiheadAttention(8, 2, batch_first=True))
    cells = output_cells(model)
    assert cells["attention"] == ("1×196×8, 1×196×196" if weights else "1×196×8")
    assert cells["attention.out_proj"] == "weights used"
    found = rows(model)
    assert found["attention"].macs == 4 * 196 * 8 * 8 + 2 * 196 * 196 * 8
    assert [row.parameters for row in found.values()] == [224, 3 * 8 * 9, 8 * 9]


def test_the_layers_of_a_transformer_are_called():
    layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True)
    model = network(
        lambda self, x: self.stack(self.conv(x).flatten(2).transpose(1, 2)),
        conv=conv(),
        stack=nn.TransformerEncoder(layer, 2),
    )
    cells = output_cells(model)
    assert cells["stack.layers.1.linear2"] == "1×196×8"
    assert [name for name, cell in cells.items() if cell == "weights used"] == [
        f"stack.layers.{i}.self_attn.out_proj" for i in range(2)
    ]
    assert "not called" not in cells.values()


@dataclasses.dataclass
class Pair:
    first: Tensor
    second: Tensor


@pytest.mark.parametrize(
    ("layer", "cell"),
    [
        (nn.MaxPool2d(2, return_indices=True), "1×3×8×8, 1×3×8×8"),
        (nn.AdaptiveMaxPool2d(4, return_indices=True), "1×3×4×4, 1×3×4×4"),
        (network(lambda self, x: {"a": x, "b": [x[:1, :1], 3]}), "1×3×16×16, 1×1×16×16"),
        (network(lambda self, x: Pair(x, x[:, 0])), "1×3×16×16, 1×16×16"),
        (network(lambda self, x: (x, (x, (x, x)))), "1×3×16×16, 1×3×16×16, 1×3×16×16, …"),
        (network(lambda self, x: x.shape), "no tensor"),
        (network(lambda self, x: None), "no tensor"),
    ],
)
def test_layers_with_several_outputs_or_none_have_a_row(layer, cell):
    def run(self: nn.Module, x: Tensor) -> Tensor:
        self.layer(x)
        return self.conv(x)

    assert output_cells(network(run, layer=layer, conv=conv())) == {"layer": cell, "conv": "1×8×14×14"}


def test_pooling_with_indices_and_unpooling():
    model = network(
        lambda self, x: self.up(self.back(*self.pool(self.conv(x)))),
        conv=conv(),
        pool=nn.MaxPool2d(2, return_indices=True),
        back=nn.MaxUnpool2d(2),
        up=nn.Conv2d(8, 2, 3),
    )
    found = summary(model, (1, 3, 16, 16))
    assert [row.output_shapes for row in found.layers] == [
        ((1, 8, 14, 14),),
        ((1, 8, 7, 7), (1, 8, 7, 7)),
        ((1, 8, 14, 14),),
        ((1, 2, 12, 12),),
    ]
    assert [row.receptive_field and row.receptive_field.size for row in found.layers] == [
        (3, 3),
        (4, 4),
        None,
        None,
    ]
    assert "MaxUnpool2d 'back': after upsampling" in found.note


CUDA = torch.device("cuda:0")


@pytest.mark.parametrize(
    "move",
    [
        lambda x: x.to("cpu"),
        lambda x: x.cpu(),
        lambda x: x.cuda(),
        lambda x: x.to(CUDA),
        lambda x: x.to(device=CUDA, dtype=torch.float32),
        lambda x: x.to(0),
        lambda x: x + torch.zeros(3, 1, 1, device=CUDA),
        lambda x: x + torch.arange(3, device="cpu").view(3, 1, 1),
        lambda x: x + torch.arange(3).view(3, 1, 1),
    ],
)
def test_a_model_may_move_its_input_or_make_tensors_on_a_device(move):
    model = network(lambda self, x: self.conv(move(x)), conv=conv())
    row = rows(model)["conv"]
    assert (row.parameters, row.macs) == (224, 14 * 14 * 8 * 27)
    assert row.receptive_field.size == (3, 3)
    assert model.conv.weight.device.type == "cpu"


def test_a_model_may_move_itself():
    assert rows(network(lambda self, x: self.to("cpu").conv(x), conv=conv()))["conv"].macs == 14 * 14 * 8 * 27


@pytest.mark.parametrize(
    "look",
    [
        lambda x: x * float(x.std()),
        lambda x: x if x.abs().max() > 0 else x[:, :1],
        lambda x: x[:, :, : 16 if x.isfinite().all().item() else 1],
        lambda x: torch.from_numpy(x.numpy() * 2),
        lambda x: x * len(x.unique()),
        lambda x: x * x[x > 0].numel(),
        lambda x: x if x.device.type in ("cpu", "cuda") else None,
        lambda x: x * sum(x.flatten().tolist()),
    ],
)
def test_a_model_may_look_at_values(look):
    model = network(lambda self, x: self.conv(look(x)), conv=conv(), other=nn.Linear(2, 2))
    random = torch.get_rng_state()
    result = summary(model, (2, 3, 16, 16))
    assert [(row.output_shape, row.macs) for row in result.layers] == [
        ((2, 8, 14, 14), 2 * 14 * 14 * 8 * 27),
        (None, 0),
    ]
    assert result.layers[0].receptive_field or result.note
    assert torch.equal(torch.get_rng_state(), random)


def test_a_model_without_values_that_looks_at_them_gets_a_table_too():
    with torch.device("meta"):
        model = network(lambda self, x: self.conv(x) * float(self.conv.weight.sum()), conv=conv())
    assert rows(model)["conv"].macs == 14 * 14 * 8 * 27


@pytest.mark.parametrize(
    ("run", "cells"),
    [
        (lambda self, x: self.act.forward(self.conv.forward(x)), {"conv": "1×8×14×14", "act": "1×8×14×14"}),
        (lambda self, x: F.conv2d(x, self.conv.weight), {"(model)": "1×8×14×14", "conv": "weights used"}),
        (lambda self, x: x * self.conv.weight.sum().item(), {"conv": "weights used"}),
        (lambda self, x: x.to(self.conv.weight.dtype) + self.conv.weight.shape[0], {"conv": "not called"}),
    ],
)
def test_what_ran_is_never_listed_as_not_called(run, cells):
    assert output_cells(network(run, conv=nn.Conv2d(3, 8, 3, bias=False), act=nn.ReLU())) == cells


@pytest.mark.filterwarnings("ignore")  # torch.jit is deprecated
def test_layers_that_torch_jit_hides_are_said_to_be_so():
    inner = torch.jit.trace(nn.Sequential(conv(), nn.ReLU()), torch.zeros(1, 3, 16, 16))
    result = summary(nn.Sequential(inner, nn.ReLU()), (1, 3, 16, 16))
    assert "not called" not in str(result)
    assert result.parameters == sum(row.parameters for row in result.layers) == 224


@pytest.mark.parametrize(
    "wrap",
    [
        torch.compile,
        nn.DataParallel,
        torch.optim.swa_utils.AveragedModel,
        lambda model: nn.Sequential(*map(torch.compile, model)),
        lambda model: nn.Sequential(*map(nn.DataParallel, model)),
    ],
)
def test_a_wrapped_model_is_shown_as_the_model_in_it(wrap):
    model = nn.Sequential(conv(), nn.ReLU())
    plain, wrapped = (summary(m, (1, 3, 16, 16)) for m in (model, wrap(model)))
    assert plain.layers == wrapped.layers
    assert plain.model == wrapped.model


def test_inputs_with_a_default_keep_it_and_the_first_may_be_one_of_any_number():
    def masked(self: nn.Module, x: Tensor, mask: Tensor | None = None, *, twice: bool = False) -> Tensor:
        x = self.conv(x) if mask is None else self.conv(x) * mask
        return self.conv(x) if twice else x

    for run in (masked, lambda self, *inputs: self.conv(inputs[0]), lambda self, x, **named: self.conv(x)):
        found = rows(network(run, conv=conv()))
        assert list(found) == ["conv"]
        assert found["conv"].receptive_field.size == (3, 3)


def test_attributes_may_be_tensors_in_lists_or_results_with_a_gradient():
    model = network(lambda self, x: self.conv(x) * self.masks[0], conv=conv(), masks=[torch.ones(14)])
    model.seen = {"last": model(torch.zeros(1, 3, 16, 16))}
    assert rows(model)["conv"].macs == 14 * 14 * 8 * 27
    assert model.masks[0].device.type == "cpu"


def test_layers_that_work_in_place():
    model = nn.Sequential(nn.ReLU(inplace=True), conv(), nn.ReLU(inplace=True), nn.Conv2d(8, 8, 3))
    assert [row.receptive_field.size for row in rows(model).values()] == [(1, 1), (3, 3), (3, 3), (5, 5)]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (network(lambda self, x, y: x + y), "Network.forward needs 2 inputs (x, y), but it must take one"),
        (network(lambda self: torch.zeros(1)), "Network.forward takes no input, but it must take one"),
        (nn.Bilinear(3, 3, 3), "Bilinear.forward needs 2 inputs (input1, input2)"),
        (nn.ModuleList([conv()]), "ModuleList has no forward method"),
        (network(lambda self, x: x, lock=threading.Lock()), "Network cannot be copied"),
        (network(lambda self, x: self.convolution(x)), "has no attribute 'convolution'"),
        (
            network(lambda self, x: self.conv(x[:, :2]), conv=conv()),
            "its layer 'conv' (Conv2d, in_channels=3)",
        ),
        (
            network(lambda self, x: self.conv(x.numpy()), conv=conv()),
            "its layer 'conv' (Conv2d, in_channels=3) gets no tensor",
        ),
    ],
)
def test_where_no_table_is_possible_the_true_reason_is_given(model, words):
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        summary(model, (1, 3, 16, 16))
    assert "\n" not in str(raised.value)
    assert "meta" not in str(raised.value)
