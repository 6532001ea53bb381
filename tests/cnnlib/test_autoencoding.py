"""An autoencoder as text: read back as it was, or refused in a sentence, whatever the text is."""

import base64
import json
import zlib

import pytest
import torch
from torch import nn

from cnnlib.autoencoding import as_text, from_text, score

LIMITS = {"images": 20, "seed": 0, "code": 96, "most": 5_000}


def packed(plan, numbers=b"") -> str:
    return base64.b64encode(zlib.compress(json.dumps(plan).encode() + b"\n" + numbers)).decode()


def networks():
    torch.manual_seed(0)
    encoder = nn.Sequential(
        nn.Conv2d(3, 4, 3, 2, 1, bias=False),
        nn.Sequential(nn.BatchNorm2d(4), nn.ReLU()),
        nn.MaxPool2d(4),
        nn.Conv2d(4, 2, 1),
        nn.Flatten(),
    )
    decoder = nn.Sequential(nn.Unflatten(1, (2, 4, 4)), nn.ConvTranspose2d(2, 3, 8, stride=8))
    encoder(torch.randn(9, 3, 32, 32))  # running statistics that are not those of a new layer
    return encoder.eval(), decoder.eval()


def test_the_text_brings_back_networks_that_compute_the_same():
    encoder, decoder = networks()
    again = from_text(as_text(encoder, decoder).replace("\n", "\r\n  "), 5_000)
    x = torch.randn(5, 3, 32, 32)
    torch.testing.assert_close(again[1](again[0](x)), decoder(encoder(x)), rtol=1e-2, atol=5e-3)


def test_the_score_counts_numbers_and_code():
    numbers, code, error = score(as_text(*networks()), **LIMITS)
    assert numbers == 4 * 27 + 4 * 4 + (8 + 2) + (2 * 3 * 64 + 3)  # a batch norm has two running statistics
    assert code == 32
    assert 0.3 < error < 3


def test_perfect_networks_have_no_error():
    whole = nn.Sequential(nn.Flatten()), nn.Sequential(nn.Unflatten(1, (3, 32, 32)))
    assert score(as_text(*whole), **LIMITS | {"code": 3_072})[2] == 0


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.Dropout(), "Dropout cannot be handed in"),
        (nn.Conv2d(4, 4, 3, groups=2), "has an option that cannot be handed in"),
        (nn.Conv2d(4, 4, 3, padding_mode="reflect"), "has an option that cannot be handed in"),
    ],
)
def test_a_layer_that_is_not_written_is_refused(layer, words):
    with pytest.raises(ValueError, match=words):
        as_text(nn.Sequential(layer), nn.Sequential())


FLAT, BACK = ["Flatten", {}], ["Unflatten", {"dim": 1, "unflattened_size": [3, 32, 32]}]
SMALL = ["AvgPool2d", {"kernel_size": 8}]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "Expected the text"),
        ("a" * 2_000_000, "Expected the text"),
        ("", "damaged"),
        ("%%%", "damaged"),
        (packed([[FLAT]]), "damaged"),
        (packed(5), "damaged"),
        (packed([5, 6]), "at most 60 layers"),
        (packed([[["Dropout", {}]], []]), "cannot be built"),
        (packed([[["Conv2d", {"device": "cuda"}]], []]), "cannot be built"),
        (packed([[5], []]), "cannot be built"),
        (packed([[["Linear", {"in_features": 3072, "out_features": 9}], FLAT], []]), "do not fit its layers"),
        (packed([[FLAT], [BACK]]), "gives 3,072 numbers for an image; at most 96"),
        (packed([[FLAT], [BACK]], b"\0\0" * 6_000), "hold 6,000 numbers; at most 5,000"),
        (packed([[SMALL], [SMALL]]), "Layer 0 of the decoder"),
        (packed([[SMALL], [FLAT]]), r"expected \(3, 32, 32\)"),
        (packed([[["Flatten", {}], ["Unflatten", {"dim": 0, "unflattened_size": [1, 3]}]], []]), "mixes"),
        (packed([[["Upsample", {"scale_factor": 100_000}]], []]), "too large"),
    ],
)
def test_what_is_no_autoencoder_is_refused(text, words):
    with pytest.raises(ValueError, match=words):
        score(text, **LIMITS)


def test_a_text_that_is_cut_off_is_refused():
    text = as_text(*networks())
    with pytest.raises(ValueError, match="damaged"):
        from_text(text[: len(text) // 2 // 4 * 4], 5_000)
