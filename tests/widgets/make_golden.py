"""Make tests/widgets/golden.json: what PyTorch computes, for the figures' arithmetic to be compared with.

python tests/widgets/make_golden.py
"""

import itertools
import json
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F
import torchvision
from fallback_nms import match, precisions
from fallback_receptive_field import measure_field, ones_stack, paths_in_rows
from shrinking import METHODS, shrink
from torch import nn

PATH = Path(__file__).parent / "golden.json"


def convolutions() -> list[dict]:
    """Random integer convolutions over all small geometries; ``output`` is [] where PyTorch refuses."""
    generator = torch.Generator().manual_seed(0)
    cases = []
    geometries = itertools.product((1, 2, 3, 5), (1, 2, 3), (0, 1, 3), (1, 2, 3), (False, True))
    for kernel_size, stride, padding, dilation, flip in geometries:
        height, width = torch.randint(1, 8, (2,), generator=generator).tolist()
        x = torch.randint(-9, 10, (height, width), generator=generator)
        w = torch.randint(-9, 10, (kernel_size, kernel_size), generator=generator)
        used = w.flip(-2, -1) if flip else w
        geometry = {"stride": stride, "padding": padding, "dilation": dilation}
        try:
            output = (
                F.conv2d(x[None, None].float(), used[None, None].float(), **geometry)[0, 0].int().tolist()
            )
        except RuntimeError:
            output = []
        cases.append(
            {"input": x.tolist(), "kernel": w.tolist(), "flip": flip, "geometry": geometry, "output": output}
        )
    return cases


def dropped() -> list[dict]:
    """How many pixels at the end of a padded line PyTorch's windows never reach, found from gradients."""
    cases = []
    geometries = itertools.product(range(3, 9), (1, 3, 5), (1, 2, 3), (0, 1, 2), (1, 2, 3))
    for size, kernel_size, stride, padding, dilation in geometries:
        padded = torch.zeros(1, 1, size + 2 * padding, requires_grad=True)
        if padded.shape[-1] < dilation * (kernel_size - 1) + 1:
            continue
        y = F.conv1d(padded, torch.ones(1, 1, kernel_size), stride=stride, dilation=dilation)
        y.sum().backward()
        lost = padded.shape[-1] - 1 - padded.grad[0, 0].nonzero().max().item()
        cases.append(
            {
                "size": size,
                "kernelSize": kernel_size,
                "geometry": {"stride": stride, "padding": padding, "dilation": dilation},
                "output": y.shape[-1],
                "dropped": lost,
            }
        )
    return cases


def layers() -> list[dict]:
    """Parameters and multiply-accumulates of ``nn.Conv2d``, the latter counted by gradients.

    On an input of ones, the gradient of the summed output at a weight is how often that weight is used.
    """
    cases = []
    shapes = [
        (3, 10, 5, 1),
        (8, 16, 3, 1),
        (8, 16, 3, 2),
        (8, 8, 3, 8),
        (16, 4, 1, 1),
        (12, 24, 3, 4),
        (1, 1, 7, 1),
    ]
    height, width = 6, 5
    for (inputs, outputs, kernel_size, groups), bias in itertools.product(shapes, (True, False)):
        layer = nn.Conv2d(inputs, outputs, kernel_size, groups=groups, bias=bias)
        layer(torch.ones(1, inputs, height + kernel_size - 1, width + kernel_size - 1)).sum().backward()
        cases.append(
            {
                "layer": {
                    "inChannels": inputs,
                    "outChannels": outputs,
                    "kernelSize": kernel_size,
                    "groups": groups,
                    "bias": bias,
                },
                "weights": layer.weight.numel(),
                "total": sum(p.numel() for p in layer.parameters()),
                "height": height,
                "width": width,
                "macs": int(layer.weight.grad.sum()),
            }
        )
    return cases


def stacks() -> list[dict]:
    """Random stacks: field, units, and the paths to one unit; ``units`` is None where PyTorch refuses."""
    generator = torch.Generator().manual_seed(0)

    def draw(low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (), generator=generator))

    names = {"kernel_size": (1, 5), "stride": (1, 3), "padding": (0, 3), "dilation": (1, 3)}
    cases = []
    for _ in range(50):
        layers = [{name: draw(*limits) for name, limits in names.items()} for _ in range(draw(1, 4))]
        stack, size = ones_stack(layers), draw(4, 24)
        try:
            outputs = stack(torch.zeros(1, 1, size, dtype=torch.double)).shape[-1]
        except RuntimeError:
            outputs, unit, paths = None, None, []
        else:
            unit = draw(0, outputs - 1)
            paths = paths_in_rows(stack, size, unit)[0]
        cases.append(
            {
                "layers": [
                    {"kernelSize" if name == "kernel_size" else name: n for name, n in layer.items()}
                    for layer in layers
                ],
                "inputSize": size,
                "field": dict(zip(("size", "jump", "start"), measure_field(layers), strict=True)),
                "units": outputs,
                "unit": unit,
                "paths": paths,
            }
        )
    return cases


def shifts() -> list[dict]:
    """What shifts of random signals change, for each way to halve them."""
    generator = torch.Generator().manual_seed(0)
    cases = []
    for method, stages, shift in itertools.product(METHODS, (1, 2, 3), range(8)):
        x = torch.randint(-9, 10, (16,), generator=generator)
        before, after = (shrink(method, signal.double(), stages) for signal in (x, x.roll(shift)))
        cases.append(
            {
                "method": method,
                "stages": stages,
                "shift": shift,
                "input": x.tolist(),
                "before": before.tolist(),
                "after": after.tolist(),
                "meanChange": float((after.mean() - before.mean()).abs()),
            }
        )
    return cases


def transposed() -> list[dict]:
    """Random integer transposed convolutions, and the same after resizing; [] where PyTorch refuses."""
    generator = torch.Generator().manual_seed(0)
    cases = []
    for k, stride, padding, output_padding in itertools.product((2, 3, 4), (1, 2, 3), (0, 1, 2), (0, 1, 2)):
        n = int(torch.randint(1, 4, (), generator=generator))
        x = torch.randint(-3, 4, (n, n), generator=generator)
        w = torch.randint(-3, 4, (k, k), generator=generator)
        options = {"stride": stride, "padding": padding, "output_padding": output_padding}
        pair, ones = (
            (x[None, None].float(), w[None, None].float()),
            (torch.ones(1, 1, n, n), torch.ones(1, 1, k, k)),
        )

        def call(layer: Callable[..., torch.Tensor], inputs: tuple, **given: int) -> list[list[int]]:
            try:
                return layer(*inputs, **given)[0, 0].int().tolist()
            except RuntimeError:
                return []

        def resized(inputs: torch.Tensor, weight: torch.Tensor, scale: int, padding: int) -> torch.Tensor:
            return F.conv2d(F.interpolate(inputs, scale_factor=scale), weight, padding=padding)

        cases.append(
            {
                "input": x.tolist(),
                "kernel": w.tolist(),
                "geometry": {"stride": stride, "padding": padding, "outputPadding": output_padding},
                "output": call(F.conv_transpose2d, pair, **options),
                "counts": call(F.conv_transpose2d, ones, **options),
                "resized": call(resized, pair, scale=stride, padding=padding),
                "resizedCounts": call(resized, ones, scale=stride, padding=padding),
            }
        )
    return cases


def detections() -> list[dict]:
    """Random boxes: what torchvision keeps of them, and their average precision, found level by level."""
    generator = torch.Generator().manual_seed(0)

    def draw(count: int, most: int) -> torch.Tensor:
        corner = torch.randint(0, 12, (count, 2), generator=generator)
        return torch.cat(
            [corner, corner + torch.randint(0, most, (count, 2), generator=generator)], 1
        ).double()

    cases = []
    for index in range(60):
        truth, boxes = draw(1 + index % 3, 14), draw(6, 14)
        near = torch.arange(4) % len(truth)  # four of the boxes lie near a true one
        moved = truth[near] + torch.randint(-1, 2, (4, 4), generator=generator)
        boxes[:4] = torch.cat([moved[:, :2], torch.maximum(moved[:, :2], moved[:, 2:])], 1)
        scores = torch.randint(1, 20, (6,), generator=generator).double() / 20
        threshold = (index % 20) / 20
        kept = torchvision.ops.nms(boxes, scores, threshold)
        best = precisions(match(boxes[kept], truth), len(truth))
        cases.append(
            {
                "boxes": boxes.int().tolist(),
                "scores": scores.tolist(),
                "truth": truth.int().tolist(),
                "threshold": threshold,
                "ious": torchvision.ops.box_iou(boxes, boxes).nan_to_num().tolist(),
                "kept": kept.tolist(),
                "averagePrecision": float(sum(best) / len(truth)),
            }
        )
    return cases


def make() -> dict:
    """All golden values."""
    return {
        "torch": torch.__version__.split("+")[0],
        "convolutions": convolutions(),
        "dropped": dropped(),
        "layers": layers(),
        "stacks": stacks(),
        "shifts": shifts(),
        "transposed": transposed(),
        "detections": detections(),
    }


def main() -> None:
    lines = []
    for name, cases in make().items():
        if isinstance(cases, list):
            rows = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
            lines.append(f'"{name}": [\n{rows}\n]')
        else:
            lines.append(f'"{name}": {json.dumps(cases)}')
    PATH.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
