"""The chapter on detection: where a photograph lies on a background; average precision against COCO's."""

import functools

import pytest
import torch
import torch.nn.functional as F
from on_cifar10 import cifar10, run_cells

from cnnlib.recorded import detection as recipe

SIZE = 48


def paste(images: torch.Tensor, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Photographs, shrunk to 12 to 24 pixels, on noise: images (N, 3, 48, 48) and their boxes (N, 4)."""
    draw = torch.Generator().manual_seed(seed)
    x = torch.randn(len(images), 3, SIZE, SIZE, generator=draw) * 0.3
    boxes = torch.empty(len(images), 4)
    for i, image in enumerate(images.permute(0, 3, 1, 2) / 127.5 - 1):
        side = int(torch.randint(12, 25, (), generator=draw))
        x0, y0 = torch.randint(SIZE - side + 1, (2,), generator=draw).tolist()
        x[i, :, y0 : y0 + side, x0 : x0 + side] = F.adaptive_avg_pool2d(image, side)
        boxes[i] = torch.tensor([x0, y0, x0 + side, y0 + side])
    return x, boxes


@pytest.fixture(scope="module")
def overlap():
    """The IoU on test photographs, averaged, of a head trained with its rate of the record."""
    data = cifar10(1500, 400)
    train = (*paste(data["train"][0], 0), data["train"][1])
    test = (*paste(data["test"][0], 1), data["test"][1])

    @functools.cache
    def measured(head: str) -> float:
        torch.set_num_threads(1)
        model = recipe.train(head, recipe.CHOSEN[head], 0, train, steps=250)
        return recipe.measure(model, test)["iou"]

    return measured


def test_on_cifar10_flattening_places_a_photograph_better_than_global_pooling(overlap):
    assert overlap("flatten") > overlap("pool") + 0.1


def test_on_cifar10_coordinates_give_the_pooled_head_the_place_back(overlap):
    assert overlap("coordinates") > overlap("pool") + 0.1


def test_on_cifar10_soft_argmax_is_better_than_flattening(overlap):
    assert overlap("soft-argmax") > overlap("flatten") + 0.03


def test_average_precision_of_the_six_boxes_is_that_of_pycocotools():
    names = run_cells(
        "detection",
        ["iou-code", "ap-boxes", "ap-hits", "ap-code"],
        {"torch": torch, "A": (0, 0, 4, 4), "B": (2, 1, 6, 5)},
    )
    right = names["hits"](names["found6"], names["objects6"])
    assert names["average_precision"](right, 4) == pytest.approx(17 / 30)
    names = run_cells("detection", ["ap-check"], names | {"right": right})
    # COCOeval of pycocotools 2.0.11 on these boxes: mean of precision[0, :, 0, 0, -1].
    assert names["coco"](right, 4) == pytest.approx(0.5709570957095709)
