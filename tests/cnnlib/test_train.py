"""cnnlib.train: fit, evaluate and their errors, against hand-made loops and counts."""

import random

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from cnnlib import train

CLASSES = 3


class Loaders:
    """The two attributes that `fit` needs, each a list of batches."""

    def __init__(self, seed: int = 0, batches: int = 6) -> None:
        generator = torch.Generator().manual_seed(seed)
        x = torch.randn(batches * 20 - 7, 1, 4, 4, generator=generator)
        y = (x.mean(dim=(1, 2, 3)) * 4).round().clamp(-1, 1).long() + 1
        self.train = list(zip(x.split(20), y.split(20), strict=True))
        self.val = self.train[:2]


def linear() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(nn.Flatten(), nn.Linear(16, CLASSES))


class Scores(nn.Module):
    """Gives the scores it was made with, in order, whatever the images."""

    def __init__(self, scores: Tensor) -> None:
        super().__init__()
        self.scores = scores
        self.next = 0

    def forward(self, x: Tensor) -> Tensor:
        self.next += len(x)
        return self.scores[self.next - len(x) : self.next]


# --- evaluate ------------------------------------------------------------------------------------------
@given(st.integers(1, 40), st.integers(1, 6), st.integers(1, 15), st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_evaluate_counts_what_a_loop_over_single_images_counts(N: int, K: int, batch_size: int, seed: int):
    generator = torch.Generator().manual_seed(seed)
    scores, y = torch.randn(N, K, generator=generator), torch.randint(K, (N,), generator=generator)
    batches = list(zip(torch.zeros(N, 1, 2, 2).split(batch_size), y.split(batch_size), strict=True))
    result = train.evaluate(Scores(scores), batches)

    confusion, correct, losses = [[0] * K for _ in range(K)], [], []
    for score, label in zip(scores, y.tolist(), strict=True):
        predicted = score.tolist().index(max(score.tolist()))
        confusion[label][predicted] += 1
        correct.append(predicted == label)
        losses.append(F.cross_entropy(score[None], torch.tensor([label])).item())
    assert result.confusion.tolist() == confusion
    assert result.confusion.dtype == torch.int64
    assert result.correct.tolist() == correct
    assert result.accuracy == pytest.approx(sum(correct) / N)
    assert result.loss == pytest.approx(sum(losses) / N, rel=1e-5)


def test_evaluate_uses_evaluation_mode_and_restores_each_modules_mode():
    seen = []
    model = nn.Sequential(nn.BatchNorm2d(1), nn.Dropout(0.5), linear())
    model.register_forward_hook(lambda module, *_: seen.append([m.training for m in module.modules()]))
    model.train()
    model[0].eval()  # frozen on purpose
    modes = [module.training for module in model.modules()]
    state = {key: value.clone() for key, value in model.state_dict().items()}
    train.evaluate(model, Loaders().val)
    assert not any(any(modes) for modes in seen)
    assert [module.training for module in model.modules()] == modes
    assert all(torch.equal(value, state[key]) for key, value in model.state_dict().items())


def test_evaluate_restores_the_mode_after_an_error():
    model = linear().train()
    with pytest.raises(ValueError, match="labels go from"):
        train.evaluate(model, [(torch.zeros(2, 1, 4, 4), torch.tensor([0, 9]))])
    assert model.training


def test_evaluate_needs_a_batch():
    with pytest.raises(ValueError, match="The loader gives no batch"):
        train.evaluate(linear(), [])


# --- fit -----------------------------------------------------------------------------------------------
def test_fit_takes_the_steps_of_a_hand_made_loop():
    loaders = Loaders()
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    history = train.fit(model, loaders, optimizer, epochs=3)

    by_hand = linear()
    optimizer = torch.optim.SGD(by_hand.parameters(), lr=0.1, momentum=0.9)
    for epoch in range(3):
        losses, hits = [], []
        for x, y in loaders.train:
            scores = by_hand(x)
            loss = F.cross_entropy(scores, y)
            losses += [loss.item()] * len(y)
            hits += (scores.argmax(1) == y).tolist()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        assert history.train_loss[epoch] == pytest.approx(sum(losses) / len(losses))
        assert history.train_accuracy[epoch] == pytest.approx(sum(hits) / len(hits))
    for ours, theirs in zip(model.parameters(), by_hand.parameters(), strict=True):
        assert torch.equal(ours, theirs)
    final = train.evaluate(by_hand, loaders.val)
    assert history.val_loss[-1] == pytest.approx(final.loss)
    assert history.val_accuracy[-1] == pytest.approx(final.accuracy)
    assert [len(values) for values in vars(history).values()] == [3] * 5
    assert min(history.seconds) > 0


def test_fit_trains_in_training_mode_and_validates_in_evaluation_mode():
    loaders, seen = Loaders(), []
    model = nn.Sequential(nn.BatchNorm2d(1), linear()).eval()
    model.register_forward_hook(lambda module, *_: seen.append(module.training))
    train.fit(model, loaders, torch.optim.SGD(model.parameters(), lr=0.1), epochs=2)
    assert seen == ([True] * len(loaders.train) + [False] * len(loaders.val)) * 2


def test_the_scheduler_is_stepped_after_every_batch():
    loaders, model = Loaders(), linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.1, total_steps=2 * len(loaders.train))
    train.fit(model, loaders, optimizer, epochs=2, scheduler=scheduler)
    assert scheduler.last_epoch == 2 * len(loaders.train)


def test_fit_and_validation_use_the_given_loss():
    def loss(scores: Tensor, y: Tensor) -> Tensor:
        return F.cross_entropy(scores, y, label_smoothing=0.3)

    loaders, model = Loaders(), linear()
    history = train.fit(model, loaders, torch.optim.SGD(model.parameters(), lr=0.1), epochs=1, loss=loss)
    assert history.val_loss[-1] == pytest.approx(train.evaluate(model, loaders.val, loss=loss).loss)
    assert history.val_loss[-1] != pytest.approx(train.evaluate(model, loaders.val).loss)


def test_the_device_is_the_models_unless_one_is_named():
    class OnMeta(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            raise RuntimeError(f"images are on {x.device}, the model on {next(self.parameters()).device}")

    def model(device: str) -> nn.Module:
        module = OnMeta()
        module.weight = nn.Parameter(torch.zeros(1, device=device))
        return module

    with pytest.raises(RuntimeError, match="images are on meta, the model on meta"):
        train.evaluate(model("meta"), Loaders().val)
    with pytest.raises(RuntimeError, match="images are on meta, the model on meta"):
        train.evaluate(model("cpu"), Loaders().val, device="meta")
    module = model("cpu")
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    with pytest.raises(RuntimeError, match="images are on meta, the model on meta"):
        train.fit(module, Loaders(), optimizer, epochs=1, device="meta")


def test_one_line_an_epoch_where_there_is_no_terminal_and_none_when_tqdm_is_off(
    capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    model = linear()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monkeypatch.delenv("TQDM_DISABLE", raising=False)
    train.fit(model, Loaders(), optimizer, epochs=2)
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(":")[0] for line in lines] == ["epoch 1/2", "epoch 2/2"]
    monkeypatch.setenv("TQDM_DISABLE", "1")
    train.fit(model, Loaders(), optimizer, epochs=2)
    captured = capsys.readouterr()
    assert captured.out + captured.err == ""


# --- errors --------------------------------------------------------------------------------------------
def fit_with(model: nn.Module, loaders: Loaders, lr: float = 0.1) -> None:
    train.fit(model, loaders, torch.optim.SGD(model.parameters(), lr=lr), epochs=2)


@pytest.mark.parametrize("label", [-1, CLASSES, 99])
def test_a_label_outside_the_classes_is_named(label: int):
    loaders = Loaders()
    loaders.train[1][1][4] = label
    with pytest.raises(ValueError, match=rf"labels go from .*{label}.*, but the model gives 3 scores"):
        fit_with(linear(), loaders)


def test_a_model_that_does_not_give_scores_is_refused():
    with pytest.raises(ValueError, match=r"shape \(20, K\), for 20 images; it gave \(20, 3, 4, 4\)"):
        fit_with(nn.Conv2d(1, 3, 1), Loaders())


def test_training_stops_at_the_first_batch_whose_loss_is_not_finite():
    loaders = Loaders()
    loaders.train[3][0][0] = float("nan")
    model = linear()
    with pytest.raises(
        FloatingPointError, match=r"The loss is nan in epoch 1, batch 4: usually the learning rate"
    ):
        fit_with(model, loaders)
    assert all(parameter.isfinite().all() for parameter in model.parameters())


# --- seed_everything -----------------------------------------------------------------------------------
def test_seed_everything_repeats_pythons_numpys_and_torchs_random_numbers():
    def draw() -> tuple:
        return random.random(), np.random.rand(), torch.rand(()).item()  # noqa: NPY002

    train.seed_everything(7)
    first = draw()
    assert draw() != first
    train.seed_everything(7)
    assert draw() == first
    train.seed_everything(8)
    assert all(a != b for a, b in zip(draw(), first, strict=True))
