"""What the chapter on autoencoders says of linear codes and of noise, on real photographs."""

import pytest
import torch
from on_cifar10 import cifar10
from torch import Tensor
from torch.nn import functional as F

K = 64  # numbers in a code


@pytest.fixture(scope="module")
def photographs() -> dict[str, Tensor]:
    """2,000 photographs to fit on and 1,000 others, standardized and centered, (N, 3072)."""
    splits = {name: images.flatten(1).double() for name, (images, _) in cifar10(2000, 1000).items()}
    center, spread = splits["train"].mean(dim=0), splits["train"].std()
    return {name: (x - center) / spread for name, x in splits.items()}


@pytest.fixture(scope="module")
def directions(photographs) -> tuple[Tensor, Tensor]:
    """Eigenvalues of the covariance in falling order, and the principal directions as columns."""
    x = photographs["train"]
    values, vectors = torch.linalg.eigh(x.T @ x / len(x))
    return values.flip(0), vectors.flip(1)


def project(x: Tensor, basis: Tensor) -> Tensor:
    return x @ basis @ basis.T


def test_on_cifar10_principal_components_are_the_best_linear_code(photographs, directions):
    x, (values, vectors) = photographs["train"], directions
    best = F.mse_loss(project(x, vectors[:, :K]), x)
    assert torch.isclose(best, values[K:].sum() / x.shape[1])
    generator = torch.Generator().manual_seed(0)
    for _ in range(5):
        basis, _ = torch.linalg.qr(torch.randn(x.shape[1], K, generator=generator, dtype=torch.float64))
        assert F.mse_loss(project(x, basis), x) > 3 * best
        near, _ = torch.linalg.qr(vectors[:, :K] + 0.02 * basis)
        assert F.mse_loss(project(x, near), x) > best


def test_on_cifar10_the_components_found_on_some_photographs_fit_others(photographs, directions):
    x, new, (_, vectors) = photographs["train"], photographs["test"], directions
    errors = [F.mse_loss(project(data, vectors[:, :K]), data) for data in (x, new)]
    assert errors[0] < errors[1] < 1.3 * errors[0]


def test_on_cifar10_shrinking_each_component_removes_more_noise_than_cutting_off(photographs, directions):
    x, (values, vectors) = photographs["test"], directions
    noise = torch.randn(x.shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    scores = (x + noise) @ vectors
    shrunk = F.mse_loss((scores * (values / (values + 1)).clamp(min=0)) @ vectors.T, x)
    cut = min(F.mse_loss(project(x + noise, vectors[:, :k]), x) for k in (16, 64, 256, 1024))
    assert shrunk < 0.95 * cut
    assert cut < 0.5 * F.mse_loss(x + noise, x)


def test_on_cifar10_a_linear_walk_between_codes_is_a_cross_fade(photographs, directions):
    x, basis = photographs["test"], directions[1][:, :K]
    between = project((x[:500] + x[500:]) / 2, basis)
    faded = (project(x[:500], basis) + project(x[500:], basis)) / 2
    assert torch.allclose(between, faded)
