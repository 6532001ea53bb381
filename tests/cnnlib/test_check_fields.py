"""What `cnnlib.check.receptive_fields` says of networks whose receptive fields are known."""

import pytest
import torch
from torch import nn

from cnnlib.check.receptive_fields import faults

WHOLE = {"channels": 2, "field": 5, "whole": True, "parameters": 500}
SPAN = {"channels": 2, "field": 7, "whole": False, "parameters": 500}


def two_convolutions(*kinds, **options):
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, **options), *kinds, nn.Conv2d(4, 3, 3, padding=1, **options)
    )


class PartOfTheChannels(nn.Module):
    """Convolutions that read some channels of the image, and give some of the maps."""

    def __init__(self, read, wide):
        super().__init__()
        self.read, self.wide = read, wide
        self.layers = nn.Sequential(nn.Conv2d(read, 3, 3, padding=1), nn.Conv2d(3, wide, 3, padding=1))
        self.near = nn.Conv2d(2, 3 - wide, 1) if wide < 3 else None

    def forward(self, x):
        wide = self.layers(x[:, : self.read])
        return wide if self.near is None else torch.cat([wide, self.near(x)], 1)


@pytest.mark.parametrize(
    "model", [two_convolutions(nn.ReLU()), two_convolutions(nn.ReLU(), padding_mode="replicate")]
)
def test_a_network_that_meets_all_conditions_has_no_faults(model):
    assert faults(model, WHOLE | {"layers": ["Conv2d", "ReLU"]}, 15) == []


@pytest.mark.parametrize(
    ("model", "fault"),
    [
        (nn.Conv2d(2, 3, 3, padding=1), "spans 3 x 3 pixels, expected 5 x 5: -2 rows and -2 columns"),
        (nn.Conv2d(2, 3, 3, padding=2, dilation=2), "has holes: an output reads 9 of the 5 x 5 = 25"),
        (
            nn.Sequential(nn.ZeroPad2d((4, 0, 2, 2)), nn.Conv2d(2, 3, 5)),
            "not centered on the output's own pixel",
        ),
        (PartOfTheChannels(read=1, wide=3), "in each of the 2 channels of the image: 0, expected 3"),
        (PartOfTheChannels(read=2, wide=2), "in each of the 2 channels of the image: 2, expected 3"),
        (nn.Conv2d(2, 12, 5, padding=2), "It has 612 parameters, 112 more than 500"),
        (nn.Conv2d(2, 3, 5, padding=2, padding_mode="circular"), "pixel [1, 13] of 15 x 15 does not"),
        (nn.AdaptiveAvgPool2d(15).requires_grad_(False), "spans 1 x 1 pixels"),
    ],
)
def test_what_is_wrong_with_a_field_that_should_be_read_as_a_whole_is_said(model, fault):
    assert fault in "\n".join(faults(model, WHOLE, 15))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_span_of_a_field_may_have_holes_and_is_measured_across_strides(channels):
    dilated = nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1), nn.Conv2d(4, channels, 2, 2, 1, dilation=2))
    assert faults(dilated, SPAN, 32) == []


def test_a_field_that_is_wider_than_high_is_told():
    model = nn.Conv2d(2, 3, (5, 7), padding="same")
    assert "spans 5 x 7 pixels, expected 7 x 7: -2 rows and +0 columns" in faults(model, SPAN, 32)[0]


def test_other_layers_functions_and_parameters_than_those_allowed_are_told():
    class Pools(nn.Module):
        def __init__(self):
            super().__init__()
            self.layer, self.scale = nn.Conv2d(2, 3, 3, padding=1), nn.Parameter(torch.ones(1))
            self.other = nn.Dropout()

        def forward(self, x):
            return nn.functional.max_pool2d(self.scale * self.layer(x), 3, 1, 1)

    found = "\n".join(faults(Pools(), WHOLE | {"layers": ["Conv2d"], "without": ["max_pool2d"]}, 15))
    assert "It contains Dropout; use nn.Conv2d only." in found
    assert "It has parameters that belong to no layer" in found
    assert "It calls the library's max_pool2d" in found
