"""Hand in an autoencoder as text, and find how well it reconstructs images that nobody has seen.

An encoder and a decoder are written as lists of layers with their numbers, and read back as such: whoever
reads a text runs PyTorch's layers only, never the writer's code. So nothing but the code can pass from the
encoder to the decoder.
"""

from __future__ import annotations

import copy
import json

import numpy as np
import torch
from torch import Tensor, nn

from cnnlib import letters
from cnnlib.data import unseen

__all__ = ["as_text", "from_text", "score"]

# The layers that a text may hold, and the options that are written for each.
_WINDOW = ("kernel_size", "stride", "padding")
_OPTIONS = {
    "Conv2d": ("in_channels", "out_channels", *_WINDOW),
    "ConvTranspose2d": ("in_channels", "out_channels", *_WINDOW, "output_padding"),
    "Linear": ("in_features", "out_features"),
    "BatchNorm2d": ("num_features",),
    "MaxPool2d": _WINDOW,
    "AvgPool2d": _WINDOW,
    "Upsample": ("scale_factor", "mode"),
    "Flatten": (),
    "Unflatten": ("unflattened_size",),
    "ReLU": (),
    "Tanh": (),
    "Sigmoid": (),
}
_LAYERS = 60  # the most layers of one network
_VALUES = 200_000  # the most values of one map
_LONGEST = 1_000_000  # letters of a text
_BATCH = 3  # images whose shapes are followed; more than one, so that mixing them shows


def as_text(encoder: nn.Sequential, decoder: nn.Sequential) -> str:
    """Write two networks as text, their numbers in half precision.

    Parameters
    ----------
    encoder, decoder : nn.Sequential
        Of the layers that may be handed in; a part may be an `nn.Sequential` itself.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If there is another layer, or one with an option that is not written.
    """
    plan, numbers = [], []
    for network in (encoder, decoder):
        if not isinstance(network, nn.Sequential):
            raise ValueError(f"Expected an nn.Sequential, got {type(network).__name__}.")
        layers = [layer for layer in network.modules() if not isinstance(layer, nn.Sequential)]
        plan.append([_written(layer) for layer in layers])
        numbers += [values.flatten() for layer in layers for values in _tensors(layer)]
    values = torch.cat(numbers).half().cpu().numpy().astype("<f2") if numbers else np.empty(0, "<f2")
    return letters.write(json.dumps(plan).encode() + b"\n" + values.tobytes())


def from_text(text: str, most: int) -> tuple[nn.Sequential, nn.Sequential]:
    """Read what `as_text` wrote, whoever gave it.

    Parameters
    ----------
    text : str
    most : int
        The numbers that both networks together may hold; running statistics count.

    Returns
    -------
    encoder, decoder : nn.Sequential
        In evaluation mode.

    Raises
    ------
    ValueError
        If the text is damaged or holds something else, or too much; the message is one sentence.
    """
    if not isinstance(text, str) or len(text) > _LONGEST:
        raise ValueError(f"Expected the text that as_text gives, of at most {_LONGEST:,} letters.")
    data, complete = letters.read(text, _LONGEST)
    try:
        head, _, rest = data.partition(b"\n")
        plan = json.loads(head)
        values = torch.from_numpy(np.frombuffer(rest, "<f2").astype(np.float32))
        complete = complete and len(plan) == 2
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(letters.DAMAGED) from error
    if not complete:
        raise ValueError(letters.DAMAGED)
    if len(values) > most:
        raise ValueError(f"The networks hold {len(values):,} numbers; at most {most:,} are allowed.")
    networks = [_read(layers) for layers in plan]
    targets = [place for network in networks for layer in network for place in _tensors(layer)]
    if sum(place.numel() for place in targets) != len(values) or not values.isfinite().all():
        raise ValueError("The numbers in the text do not fit its layers; copy all of it once more.")
    for network in networks:
        network.to_empty(device="cpu").eval().requires_grad_(False)
    start = 0
    for network in networks:
        for layer in network:
            for place in _tensors(layer):
                place.copy_(values[start : start + place.numel()].view(place.shape))
                start += place.numel()
    return networks[0], networks[1]


@torch.no_grad()
def score(text: str, *, images: int, seed: int, code: int, most: int) -> tuple[int, int, float]:
    """Find how far the reconstructions of new images of `shapes10` are from the images.

    Parameters
    ----------
    text : str
        What `as_text` gave.
    images, seed : int
        How many are drawn, and their seed; those of `cnnlib.load` have 10 and 11.
    code : int
        The numbers that the encoder may give for an image.
    most : int
        The numbers that both networks together may hold.

    Returns
    -------
    numbers : int
        Those of the networks.
    code : int
        Those that the encoder gives.
    error : float
        The mean squared error of a standardized value.

    Raises
    ------
    ValueError
        If the text cannot be read, or its networks do not fit the images or the limits.
    """
    encoder, decoder = from_text(text, most)
    size = _flow(encoder, torch.empty(_BATCH, 3, 32, 32, device="meta"), "encoder")
    values = size.numel() // _BATCH
    if values > code:
        raise ValueError(f"The encoder gives {values:,} numbers for an image; at most {code} are allowed.")
    back = _flow(decoder, size, "decoder")
    if back.shape[1:] != (3, 32, 32):
        raise ValueError(
            f"The decoder gives the shape {tuple(back.shape[1:])} for an image, expected (3, 32, 32)."
        )
    x = torch.from_numpy(unseen.pictures(images, seed)[0])
    error = 0.0
    for batch in x.split(50):
        error += float((decoder(encoder(batch)) - batch).square().sum())
    numbers = sum(
        place.numel() for network in (encoder, decoder) for layer in network for place in _tensors(layer)
    )
    return numbers, values, error / x.numel()


def _written(layer: nn.Module) -> list:
    name = type(layer).__name__
    if name not in _OPTIONS or type(layer) is not getattr(nn, name):
        raise ValueError(f"{name} cannot be handed in; these layers can: {', '.join(_OPTIONS)}.")
    options = {option: getattr(layer, option) for option in _OPTIONS[name]}
    if hasattr(layer, "bias") and name != "BatchNorm2d":
        options["bias"] = layer.bias is not None
    if name == "Unflatten":
        options["dim"] = layer.dim
    again = getattr(nn, name)(**options)
    if repr(again) != repr(layer):
        raise ValueError(f"{layer} has an option that cannot be handed in; only {options} are written.")
    return [name, options]


def _read(layers: list) -> nn.Sequential:
    if not isinstance(layers, list) or len(layers) > _LAYERS:
        raise ValueError(f"A network may have at most {_LAYERS} layers.")
    found = []
    for entry in layers:
        try:
            name, options = entry
            known = {*_OPTIONS[name], "bias", "dim"}
            if not set(options) <= known:
                raise KeyError(name)
            with torch.device("meta"):
                found.append(getattr(nn, name)(**options))
        except (TypeError, ValueError, KeyError, RuntimeError) as error:
            raise ValueError(f"The layer {str(entry)[:80]} cannot be built.") from error
    return nn.Sequential(*found)


def _tensors(layer: nn.Module) -> list[Tensor]:
    """Return the numbers of a layer that a text holds: parameters and running statistics."""
    buffers = [place for name, place in layer.named_buffers(recurse=False) if name != "num_batches_tracked"]
    return [*(parameter.detach() for parameter in layer.parameters(recurse=False)), *buffers]


def _flow(network: nn.Sequential, x: Tensor, name: str) -> Tensor:
    """Follow the shape of a small batch through the layers, without computing."""
    for number, layer in enumerate(network):
        try:
            x = copy.deepcopy(layer).to("meta")(x)
        except (RuntimeError, ValueError, TypeError, NotImplementedError) as error:
            raise ValueError(
                f"Layer {number} of the {name}, {layer}, does not fit its input {tuple(x.shape)}."
            ) from error
        if len(x) != _BATCH or x.numel() > _BATCH * _VALUES:
            raise ValueError(
                f"Layer {number} of the {name} gives a map that is too large, or mixes the images."
            )
    return x
