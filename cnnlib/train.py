"""Train and evaluate a classifier: one loop, short enough to read whole."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from cnnlib import progress
from cnnlib.data import Loaders

__all__ = ["Evaluation", "History", "evaluate", "fit", "seed_everything"]


@dataclass
class History:
    """One entry for each epoch of a training run.

    Attributes
    ----------
    train_loss, train_accuracy : list of float
        Averages over the epoch's training images, each taken as its batch was trained on: with the model
        still changing, in training mode, augmented.
    val_loss, val_accuracy : list of float
        Over the validation split after the epoch, in evaluation mode.
    seconds : list of float
        Wall time of the epoch, validation included.
    """

    train_loss: list[float] = field(default_factory=list)
    train_accuracy: list[float] = field(default_factory=list)
    val_loss: list[float] = field(default_factory=list)
    val_accuracy: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Evaluation:
    """How a model does on one split of K classes.

    Attributes
    ----------
    loss, accuracy : float
        Averages over the images.
    confusion : Tensor, shape (K, K), int64
        Entry ``[i, j]`` counts the images of class ``i`` that were taken for class ``j``.
    correct : Tensor, shape (N,), bool
        Which images were classified correctly, in the loader's order.
    """

    loss: float
    accuracy: float
    confusion: Tensor
    correct: Tensor


def seed_everything(seed: int) -> None:
    """Seed the global random numbers of Python, NumPy and PyTorch (on every device).

    A loader's order does not depend on them but on its own ``seed``.
    """
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002  (other code's global generator, not ours)
    torch.manual_seed(seed)


def fit(
    model: nn.Module,
    loaders: Loaders,
    optimizer: torch.optim.Optimizer,
    *,
    epochs: int,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    scheduler: torch.optim.lr_scheduler.LRScheduler | None = None,
    device: torch.device | str | None = None,
) -> History:
    """Train `model` on ``loaders.train`` and validate it on ``loaders.val`` after every epoch.

    Parameters
    ----------
    model : Module
        Maps images (N, C, H, W) to one score for each class (N, K).
    loaders : Loaders
        Anything with attributes ``train`` and ``val`` that give batches ``(x, y)``.
    optimizer : Optimizer
        Over the model's parameters.
    epochs : int
        Passes over the training images.
    loss : callable
        ``loss(scores, y)`` gives the average over a batch, as ``torch.nn.functional.cross_entropy`` does.
    scheduler : LRScheduler, optional
        Stepped after every *batch*, so its lengths count batches: ``T_max=epochs * len(loaders.train)``.
    device : device or str, optional
        Where to train; the model is moved there. By default where the model is.

    Returns
    -------
    History

    Raises
    ------
    ValueError
        If the scores or the labels do not fit together.
    FloatingPointError
        If the loss of a batch is not finite.
    """
    if device is not None:
        model.to(device)
    device = _device_of(model)
    history = History()
    bar = progress.bar(range(1, epochs + 1), desc="training", unit="epoch")
    for epoch in bar:
        start = time.perf_counter()
        model.train()
        total_loss = total_correct = images = 0
        for batch, (x, y) in enumerate(loaders.train, start=1):
            x, y = x.to(device), y.to(device)
            scores = model(x)
            _check_labels(scores, y)
            batch_loss = loss(scores, y)
            if not math.isfinite(batch_loss.item()):
                raise FloatingPointError(
                    f"The loss is {batch_loss.item()} in epoch {epoch}, batch {batch}: usually the learning "
                    "rate is too high, the images are not standardized, or the model divides by 0."
                )
            optimizer.zero_grad()
            batch_loss.backward()
            optimizer.step()
            if scheduler is not None:
                scheduler.step()
            total_loss += batch_loss.item() * len(y)
            total_correct += (scores.argmax(dim=1) == y).sum().item()
            images += len(y)
        val = evaluate(model, loaders.val, loss=loss)
        history.train_loss.append(total_loss / images)
        history.train_accuracy.append(total_correct / images)
        history.val_loss.append(val.loss)
        history.val_accuracy.append(val.accuracy)
        history.seconds.append(time.perf_counter() - start)
        summary = f"loss {total_loss / images:.3f}, validation {val.loss:.3f}, accuracy {val.accuracy:.3f}"
        bar.set_postfix_str(summary)
        progress.line(f"epoch {epoch}/{epochs}: {summary}")
    return history


@torch.no_grad()
def evaluate(
    model: nn.Module,
    loader: Iterable[tuple[Tensor, Tensor]],
    *,
    loss: Callable[[Tensor, Tensor], Tensor] = F.cross_entropy,
    device: torch.device | str | None = None,
) -> Evaluation:
    """Evaluate `model` on all images of `loader`, in evaluation mode; every module's mode is restored.

    Parameters
    ----------
    model : Module
        Maps images (N, C, H, W) to one score for each class (N, K).
    loader : iterable
        Gives batches ``(x, y)``.
    loss : callable
        ``loss(scores, y)`` gives the average over a batch.
    device : device or str, optional
        Where to compute; the model is moved there. By default where the model is.

    Returns
    -------
    Evaluation
        With tensors on the CPU.

    Raises
    ------
    ValueError
        If the scores or the labels do not fit together, or `loader` gives no batch.
    """
    if device is not None:
        model.to(device)
    device = _device_of(model)
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        total_loss, labels, predictions = 0.0, [], []
        for x, y in loader:
            x, y = x.to(device), y.to(device)
            scores = model(x)
            _check_labels(scores, y)
            total_loss += loss(scores, y).item() * len(y)
            labels.append(y.cpu())
            predictions.append(scores.argmax(dim=1).cpu())
    finally:
        for module, mode in modes:
            module.training = mode
    if not labels:
        raise ValueError("The loader gives no batch, so there is nothing to evaluate.")
    y, predicted, K = torch.cat(labels), torch.cat(predictions), scores.shape[1]
    confusion = torch.bincount(K * y + predicted, minlength=K * K).view(K, K)
    correct = predicted == y
    return Evaluation(total_loss / len(y), correct.sum().item() / len(y), confusion, correct)


def _device_of(model: nn.Module) -> torch.device:
    """Give the device of the model's first parameter; the CPU if it has none."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def _check_labels(scores: Tensor, y: Tensor) -> None:
    if scores.ndim != 2 or len(scores) != len(y):
        raise ValueError(
            f"The model must give one score for each class, shape ({len(y)}, K), for {len(y)} images; "
            f"it gave {tuple(scores.shape)}."
        )
    if y.min() < 0 or y.max() >= scores.shape[1]:
        raise ValueError(
            f"The labels go from {y.min()} to {y.max()}, but the model gives {scores.shape[1]} scores: "
            "with K classes, labels go from 0 to K - 1 and the last layer needs K outputs."
        )
