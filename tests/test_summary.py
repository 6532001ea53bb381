"""The summary's numbers are PyTorch's, its tables are readable, and the model is not touched."""

import copy
import html.parser
import re

import pytest
import torch
import torchvision
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from cnnlib import conv_macs, conv_parameters, summary


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
