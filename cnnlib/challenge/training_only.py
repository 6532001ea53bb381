"""Find what belongs in training only and yet is at work when a model is evaluated."""

from __future__ import annotations

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

__all__ = ["AtWork", "at_work"]

_DROPOUTS = frozenset(
    (  # noqa: SIM905
        "dropout dropout_ dropout1d dropout2d dropout3d feature_dropout feature_dropout_ alpha_dropout "
        "alpha_dropout_ feature_alpha_dropout feature_alpha_dropout_"
    ).split()
)


class AtWork(NamedTuple):
    """A function that changes images at random or by each other, though the model is in evaluation mode.

    Attributes
    ----------
    sentence : str
        What happens and what to write.
    written : bool
        Whether torch's exporter writes it as it is; else the file would compute something else.
    """

    sentence: str
    written: bool


def at_work(model: nn.Module, images: Tensor) -> AtWork | None:
    """Run a model in evaluation mode and give the first such function that it calls.

    What the function changes, as running statistics, stays changed.
    """
    watch = _Watch()
    devices = [images.device] if images.device.type == "cuda" else []
    with torch.no_grad(), torch.random.fork_rng(devices=devices), watch:
        model(images)
    return watch.found


class _Watch(TorchFunctionMode):
    def __init__(self) -> None:
        super().__init__()
        self.found: AtWork | None = None

    def __torch_function__(self, func, types, args=(), kwargs=None):
        self.found = self.found or _judge(getattr(func, "__name__", ""), args, kwargs or {})
        return func(*args, **(kwargs or {}))


def _judge(name: str, args: tuple, kwargs: dict[str, Any]) -> AtWork | None:
    def given(place: int, *names: str) -> Any:
        found = [kwargs[key] for key in names if key in kwargs]
        return found[0] if found else args[place] if len(args) > place else None

    if name in _DROPOUTS and given(2, "training", "train") and given(1, "p"):
        name = name.rstrip("_")
        layer = f"nn.{''.join(part.capitalize() for part in name.split('_'))}"
        return AtWork(
            f"calls {name} so that it also drops out in evaluation mode: write F.{name}(x, p, "
            f"training=self.training), or make a layer {layer}(p) in __init__ and call that",
            True,
        )
    if name == "batch_norm" and given(5, "training"):
        return AtWork(
            "normalizes over the batch in evaluation mode, too, where images must not change each other: "
            "write F.batch_norm(…, training=self.training), or make a layer nn.BatchNorm2d in __init__ (with "
            "track_running_stats=True) and call that",
            False,
        )
    attention = name == "scaled_dot_product_attention" and given(4, "dropout_p")
    if attention or (
        name == "multi_head_attention_forward" and kwargs.get("training", True) and given(10, "dropout_p")
    ):
        return AtWork(
            f"calls {name} so that it also drops out in evaluation mode: write "
            "dropout_p=p if self.training else 0.0",
            False,
        )
    return None
