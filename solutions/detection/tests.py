"""The tests of the exercise beyond classification: reconstruct, overlap, suppress, score, decode."""

# canary-5d0c92ab
import torch
import torch.nn.functional as F

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import measures

TRANSPOSED = (
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "conv2d",
    "fold",
    "torch.nn.grad.conv2d_input",
    "scipy.signal.convolve2d",
    "scipy.signal.fftconvolve",
)
BOXES = ("torchvision.ops.box_iou", "torchvision.ops.nms", "torchvision.ops.batched_nms")

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "padding_stride_dilation#Back up: the transposed convolution",
    "p2": "segmentation#Transposed convolution is the adjoint",
    "p3": "autoencoders#What the bottleneck keeps",
    "p4": "detection#Intersection over union",
    "p5": "detection#Non-maximum suppression",
    "p5-ap": "detection#Average precision",
    "p6": "detection#One object: two losses",
    "p6-decode": "detection#Anchors and their objects",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p2-transposed-visible": TRANSPOSED,
    "p2-transposed-hidden": TRANSPOSED,
    "p4-box-visible": BOXES,
    "p4-box-hidden": BOXES,
    "p5-nms-visible": BOXES,
    "p5-nms-hidden": BOXES,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator, *shape, low=-4, high=4):
    """Draw whole numbers as floats: they keep a table short."""
    return torch.randint(low, high + 1, shape, generator=generator).float()


def drawn_boxes(generator, count, side=8):
    """Draw boxes with whole corners; some have no area, some touch or coincide."""
    start = torch.randint(0, side - 1, (count, 2), generator=generator)
    size = torch.randint(0, side // 2 + 2, (count, 2), generator=generator)
    return torch.cat([start, start + size], 1).float()


def demand(faults):
    """Raise what is wrong, if anything is."""
    check.Report(not faults, "\n".join(faults)).require()


# --- Overlap and suppression, which parts 1, 4 and 5 ask for


def box_iou(boxes, others, mistake=""):
    """Divide the intersection by the union, or make a mistake."""
    one = 1.0 if mistake == "pixels" else 0.0
    size = (boxes[:, 2:] - boxes[:, :2] + one).prod(1)
    other = (others[:, 2:] - others[:, :2] + one).prod(1)
    low = torch.maximum(boxes[:, None, :2], others[:, :2])
    side = torch.minimum(boxes[:, None, 2:], others[:, 2:]) - low + one
    if mistake != "negative":
        side = side.clamp(min=0)
    inside = side[..., 0] * side[..., 1]
    union = size[:, None] + other - (0 if mistake == "sum" else inside)
    if mistake == "smaller":
        union = torch.minimum(size[:, None], other.expand_as(inside))
    return torch.where(union > 0, inside / union.clamp(min=1e-30), torch.zeros_like(inside))


def nms(boxes, scores, iou_threshold, mistake=""):
    """Keep the best box, remove what overlaps it, and so on; or make a mistake."""
    order = sorted(range(len(scores)), key=lambda i: (-float(scores[i]), i))
    if mistake == "given order":
        order = list(range(len(scores)))
    if mistake == "lowest first":
        order = sorted(range(len(scores)), key=lambda i: (float(scores[i]), i))
    if mistake == "ties":
        order = sorted(range(len(scores)), key=lambda i: (-float(scores[i]), -i))
    overlap, kept = box_iou(boxes.double(), boxes.double()), []
    for place, i in enumerate(order):
        rivals = order[:place] if mistake == "chain" else kept
        over = [float(overlap[i, j]) for j in rivals]
        if mistake == "or equal":
            stays = all(iou < iou_threshold for iou in over)
        elif mistake == "only last":
            stays = not over or over[-1] <= iou_threshold
        elif mistake == "neighbors":
            stays = not place or float(overlap[i, order[place - 1]]) <= iou_threshold
        else:
            stays = all(iou <= iou_threshold for iou in over)
        if stays:
            kept.append(i)
    if mistake == "sorted":
        kept = sorted(kept)
    return torch.tensor(kept, dtype=torch.int64)


# --- Part 1: by hand


def transposed_by_torch():
    x, kernel = torch.tensor([[[1.0, 2, 3]]]), torch.tensor([[[1.0, 2, 3]]])
    ones = torch.ones(1, 1, 3)

    def row(y):
        return tuple(y.int().flatten().tolist())

    def size(side, kernel_size, **options):
        weight = torch.empty(1, 1, kernel_size, kernel_size, device="meta")
        return F.conv_transpose2d(torch.empty(1, 1, side, side, device="meta"), weight, **options).shape[-1]

    return {
        "a_full": row(F.conv_transpose1d(x, kernel, stride=2)),
        "a_padded": row(F.conv_transpose1d(x, kernel, stride=2, padding=1)),
        "a_output": row(F.conv_transpose1d(x, kernel, stride=2, padding=1, output_padding=1)),
        "a_counts": row(F.conv_transpose1d(ones, ones, stride=2)),
        "b_four": size(7, 4, stride=2, padding=1),
        "b_three": size(7, 3, stride=2, padding=1, output_padding=1),
        "b_five": size(5, 5, stride=3, padding=2),
    }


HAND_BOXES = [[0, 0, 10, 10], [2, 0, 12, 10], [5, 0, 15, 10], [20, 0, 30, 10], [21, 0, 31, 10]]
HAND_SCORES = [0.9, 0.8, 0.7, 0.6, 0.95]


def boxes_by_definition():
    boxes, scores = torch.tensor(HAND_BOXES).float(), torch.tensor(HAND_SCORES)

    def kept(threshold):
        return tuple(nms(boxes, scores, threshold).tolist())

    return {
        "c_pair": (1, 7),
        "c_inside": (1, 4),
        "d_quarter": kept(0.25),
        "d_half": kept(0.5),
        "d_most": kept(0.8),
        "e_four": (5, 8),
        "e_five": (1, 2),
    }


SCATTER = (
    "Review: each input number lays down the kernel, times itself; the stride moves the next one; where they "
    "overlap, they add up."
)
SIZE = "Review: (I − 1) · S − 2P + K + OP."
UNION = "Review: the union is both areas less the intersection, which would otherwise count twice."
KEEP = (
    "Review: the best box left is kept, and only boxes that overlap a *kept* one by more than the threshold "
    "go."
)
AREA = "Review: each true detection adds 1/objects, times the best precision at this rank or a later one."
RIGHT = transposed_by_torch() | boxes_by_definition()
REVIEW = {
    **dict.fromkeys(("a_full", "a_padded", "a_output", "a_counts"), SCATTER),
    **dict.fromkeys(("b_four", "b_three", "b_five"), SIZE),
    **dict.fromkeys(("c_pair", "c_inside"), UNION),
    **dict.fromkeys(("d_quarter", "d_half", "d_most"), KEEP),
    **dict.fromkeys(("e_four", "e_five"), AREA),
}
by_hand = ByHand(
    right=RIGHT,
    review=REVIEW,
    mistakes={
        "a_full": {
            (3, 2, 7, 4, 11, 6, 3): "The kernel is laid down as it stands, not flipped.",
            (1, 2, 3, 4, 6, 9, 9): SCATTER,
            (1, 4, 10, 12, 9): "That is with a stride of 1.",
        },
        "a_padded": {(0, 1, 2, 5, 4, 9, 6, 9, 0): "Padding takes away from the output; it adds nothing."},
        "a_output": {
            (2, 5, 4, 9, 6, 0): "Output padding takes less away on the right; what is there then is computed."
        },
        "a_counts": {
            (1, 1, 1, 1, 1, 1, 1): "Where two kernels overlap, two write.",
            (1, 2, 3, 2, 1): "That is with a stride of 1.",
        },
        "b_four": {
            3: "That is the convolution; the transposed one goes the other way.",
            16: "The padding is taken away twice, left and right.",
            18: "The padding is taken away.",
        },
        "b_three": {
            13: "The output padding is added.",
            4: "That is the convolution; the transposed one goes the other way.",
        },
        "b_five": {17: "The padding is taken away, left and right.", 2: "That is the convolution."},
        "c_pair": {
            (1, 8): "The intersection counts once in the union.",
            (4, 28): "That is right, but not in lowest terms.",
            (9, 41): "A box from 2 to 4 is 2 wide: the right edge is not part of it.",
        },
        "c_inside": {
            (4, 16): "That is right, but not in lowest terms.",
            (1, 5): "The intersection counts once in the union.",
            (1, 1): "The smaller box lies inside, but the union is larger than it.",
        },
        "d_quarter": {(0, 4): "The order is that of the scores, largest first."},
        "d_half": {
            (4, 0): "Box 1 is gone already when box 2's turn comes; it suppresses nothing.",
            (0, 2, 4): "The order is that of the scores, largest first.",
            (0, 2, 3): "Box 4 has a larger score than box 3.",
        },
        "d_most": {
            (0, 1, 2, 4): "The order is that of the scores, largest first.",
            (4, 0, 1, 2, 3): "Boxes 3 and 4 overlap by 9/11, which is more than 0.8.",
        },
        "e_four": {
            (29, 48): "The precision at a rank is the best at this rank or a later one.",
            (5, 6): "All four objects count, also the one that is not found.",
        },
        "e_five": {
            (29, 60): "The precision at a rank is the best at this rank or a later one.",
            (5, 8): "Now there are five objects.",
        },
    },
)


def hidden_p1_by_hand(by_hand, points):
    """The fourteen answers, from PyTorch and by their definitions."""
    return check.answers(by_hand(), RIGHT, review=REVIEW).points(points)


# --- Part 2: transposed convolution


def transposed(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    return F.conv_transpose2d(input, weight, bias, stride, padding, output_padding)


def dropped(option, value):
    """Return transposed convolution with one option ignored."""

    def result(input, weight, bias=None, stride=1, padding=0, output_padding=0):
        given = {"bias": bias, "stride": stride, "padding": padding, "output_padding": output_padding}
        return F.conv_transpose2d(input, weight, **given | {option: value})

    return result


def zeros_at_the_end(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    y = F.conv_transpose2d(input, weight, bias, stride, padding)
    return F.pad(y, (0, output_padding, 0, output_padding))


def overwritten(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    """The last kernel wins where two overlap."""
    (H, W), (kh, kw) = input.shape[2:], weight.shape[2:]
    y = input.new_zeros(
        len(input),
        weight.shape[1],
        (H - 1) * stride + kh + output_padding,
        (W - 1) * stride + kw + output_padding,
    )
    for i in range(H):
        for j in range(W):
            top, left = i * stride, j * stride
            y[:, :, top : top + kh, left : left + kw] = torch.einsum(
                "nc,cokl->nokl", input[:, :, i, j], weight
            )
    y = y[:, :, padding : y.shape[2] - padding, padding : y.shape[3] - padding]
    return y if bias is None else y + bias[:, None, None]


def bias_before(input, weight, bias=None, stride=1, padding=0, output_padding=0):
    y = F.conv_transpose2d(input, weight, None, stride, padding, output_padding)
    if bias is None:
        return y
    ones = torch.ones_like(input[:1, :1])
    counts = F.conv_transpose2d(ones, torch.ones_like(weight[:1, :1]), None, stride, padding, output_padding)
    return y + bias[:, None, None] * counts


def transposed_cases(generator, trial):
    """Start with the text's example; then channels, stride, padding, output padding, and all together."""
    if trial == 0:
        return (torch.tensor([[[[1.0, 2]]]]), torch.tensor([[[[1.0, 10]]]])), {}
    stride = (1, 2, 3)[trial % 3]
    N, C, channels = 1 + trial % 2, 1 + trial // 2 % 2, (1, 2, 3)[trial // 2 % 3]
    kh, kw = ((2, 3), (3, 2), (3, 3), (1, 2))[trial % 4]
    x, weight = integers(generator, N, C, 2, 3), integers(generator, C, channels, kh, kw, low=-3, high=3)
    bias = integers(generator, channels) if trial % 3 != 1 else None
    if trial % 5 == 4:
        x, weight = x.double(), weight.double()
        bias = None if bias is None else bias.double()
    if trial < 4:
        return (x, weight, bias), {}
    options = {"stride": stride}
    if trial > 6:
        options["padding"] = 1 if kh > 1 or stride > 1 else 0
    if trial > 8:
        options["output_padding"] = draw(generator, 0, stride - 1)
    return (x, weight, bias), options


TRANSPOSED_MISTAKES = {
    "the kernel is flipped; it is laid down as it stands": lambda x, w, *a, **k: transposed(
        x, w.flip(2, 3), *a, **k
    ),
    "the last kernel wins where two overlap; they add up": overwritten,
    "the stride is ignored": dropped("stride", 1),
    "the padding is ignored": dropped("padding", 0),
    "the output padding is ignored": dropped("output_padding", 0),
    "the bias is ignored": dropped("bias", None),
    "the output padding appends zeros; it cuts less away, and what is there is computed": zeros_at_the_end,
    "the bias is added with each kernel; it is added once to each output": bias_before,
    "only the first image is used": lambda x, w, *a, **k: transposed(x[:1], w, *a, **k),
    "only the first input channel is used": lambda x, w, *a, **k: transposed(x[:, :1], w[:1], *a, **k),
    "the kernel's rows and columns are exchanged": lambda x, w, *a, **k: transposed(x, w.mT, *a, **k),
}
transposed_convolution = Values(transposed, transposed_cases, TRANSPOSED_MISTAKES, trials=16, fresh=True)


def hidden_p2_transposed(conv_transpose2d):
    """Random shapes and options, against PyTorch."""

    def cases(generator, trial):
        N, C, channels, H, W, kh, kw = (draw(generator, 1, 4) for _ in range(7))
        stride = draw(generator, 1, 4)
        x = torch.randn(N, C, H + 1, W + 1, generator=generator)
        weight = torch.randn(C, channels, kh + 1, kw + 1, generator=generator)
        bias = torch.randn(channels, generator=generator) if trial % 2 else None
        if trial % 4 == 3:
            x, weight, bias = x.double(), weight.double(), bias.double()
        padding, more = draw(generator, 0, 1), draw(generator, 0, stride - 1)
        if trial < 6:
            return (x, weight, bias, stride, padding, more), {}
        return (x, weight), {"bias": bias, "stride": stride, "padding": padding, "output_padding": more}

    check.function(
        conv_transpose2d, transposed, cases, wrong=TRANSPOSED_MISTAKES, seed=30, trials=14, fresh=True
    ).require()


# --- Part 3: a code of at most 96 numbers

CODE, MOST = 96, 20_000
MISSING = (
    "There is no autoencoder yet: set TRAIN = True in the training cell, run it and the cell after it, and "
    "paste what is printed over the cell above."
)
submission = [Conditions("reconstructed", [((100, 120, CODE, MOST, 0.5, MISSING), {})])]


def reconstructs(submission, error):
    demand(measures.reconstructed(submission, 300, 618_033_988, CODE, MOST, error, MISSING))


def hidden_p3_blur(submission):
    """A mean squared error of at most 0.22: better than a small picture of the same number of values."""
    reconstructs(submission, 0.22)


def hidden_p3_close(submission):
    """A mean squared error of at most 0.18."""
    reconstructs(submission, 0.18)


# --- Part 4: intersection over union


def with_mistake(function, mistake):
    return lambda *arguments: function(*arguments, mistake=mistake)


BOX_MISTAKES = {
    "the union counts the intersection twice": with_mistake(box_iou, "sum"),
    "two negative sides give a positive intersection; clamp each at 0": with_mistake(box_iou, "negative"),
    "a box from 2 to 4 is taken to be 3 wide": with_mistake(box_iou, "pixels"),
    "the intersection is divided by the smaller area": with_mistake(box_iou, "smaller"),
    "rows and columns are exchanged: a row is one of the first boxes": lambda boxes, others: box_iou(
        boxes, others
    ).T.contiguous(),
}


def plain_iou(boxes, others):
    return box_iou(boxes, others)


def box_cases(generator, trial):
    if trial == 0:
        return (
            torch.tensor([[0.0, 0, 4, 4]]),
            torch.tensor([[2.0, 2, 6, 6], [4, 0, 8, 4], [1, 1, 3, 3], [6, 6, 9, 9]]),
        ), {}
    if trial == 1:
        return (
            torch.tensor([[1.0, 1, 1, 3], [0, 0, 2, 2]]),
            torch.tensor([[1.0, 1, 1, 3], [1, 1, 1, 1], [0, 0, 2, 2]]),
        ), {}
    if trial == 2:
        return (torch.zeros(0, 4), drawn_boxes(generator, 2)), {}
    if trial == 3:
        return (drawn_boxes(generator, 3), torch.zeros(0, 4)), {}
    boxes, others = drawn_boxes(generator, 1 + trial % 4), drawn_boxes(generator, 1 + trial // 2 % 4)
    if trial % 3 == 2:
        boxes, others = boxes.double(), others.double()
    return (boxes, others), {}


box_overlap = Values(plain_iou, box_cases, BOX_MISTAKES, trials=12)


def hidden_p4_box(box_iou):
    """Random boxes, with and without area, touching, empty sets; float64."""

    def cases(generator, trial):
        boxes, others = (
            drawn_boxes(generator, trial % 7, 12),
            drawn_boxes(generator, draw(generator, 0, 6), 12),
        )
        if trial % 3 == 0:
            boxes, others = boxes.double() * 0.7, others.double() * 0.7
        return (boxes, others), {}

    check.function(box_iou, plain_iou, cases, wrong=BOX_MISTAKES, seed=60, trials=15).require()


def mask_iou(masks, others, mistake=""):
    a, b = masks.flatten(1).float(), others.flatten(1).float()
    inside = a @ b.T
    both = a.sum(1)[:, None] + b.sum(1)
    if mistake == "dice":
        return torch.where(both > 0, 2 * inside / both.clamp(min=1), torch.zeros_like(both))
    if mistake == "sum":
        return inside / both.clamp(min=1)
    if mistake == "one":
        return torch.where(both > 0, inside / (both - inside), torch.ones_like(both))
    return inside / (both - inside).clamp(min=1)


def plain_mask_iou(masks, others):
    return mask_iou(masks, others)


MASK_MISTAKES = {
    "that is Dice, twice the intersection by the sum of the areas": with_mistake(mask_iou, "dice"),
    "the union counts the intersection twice": with_mistake(mask_iou, "sum"),
    "two empty masks give 1; the task says 0": with_mistake(mask_iou, "one"),
    "rows and columns are exchanged: a row is one of the first masks": lambda masks, others: mask_iou(
        others, masks
    ),
}


def drawn_masks(generator, count, H, W):
    masks = torch.rand(count, H, W, generator=generator) < 0.5
    if count > 1:
        masks[-1] = False
    return masks


def mask_cases(generator, trial):
    if trial == 0:
        mask = torch.tensor([[[True, True, False], [True, False, False]]])
        return (mask, torch.stack([mask[0].roll(1, 1), ~mask[0], mask[0]])), {}
    H, W = 2 + trial % 2, 3 + trial % 3
    counts = ((0, 2), (2, 0), (2, 3), (3, 2), (1, 1), (2, 1), (1, 3), (4, 2))[trial % 8]
    return tuple(drawn_masks(generator, count, H, W) for count in counts), {}


mask_overlap = Values(plain_mask_iou, mask_cases, MASK_MISTAKES, trials=9)


def hidden_p4_mask(mask_iou):
    """Random masks, empty masks, empty sets; large masks."""

    def cases(generator, trial):
        H, W = (draw(generator, 1, 9) for _ in range(2))
        if trial == 5:
            H, W = 40, 30  # more pixels than 8 bits count
        return tuple(
            drawn_masks(generator, draw(generator, 0, 4) if trial != 5 else 2, H, W) for _ in range(2)
        ), {}

    check.function(mask_iou, plain_mask_iou, cases, wrong=MASK_MISTAKES, seed=80, trials=12).require()


# --- Part 5: which boxes stay, and how good they are


def plain_nms(boxes, scores, iou_threshold):
    return nms(boxes, scores, iou_threshold)


NMS_MISTAKES = {
    "a removed box removes others; only kept boxes do": with_mistake(nms, "chain"),
    "a box goes whose overlap equals the threshold; only more than it counts": with_mistake(nms, "or equal"),
    "a box is compared with the last kept one only": with_mistake(nms, "only last"),
    "a box is compared with its neighbor in the order only": with_mistake(nms, "neighbors"),
    "the boxes are taken in the order in which they are given, not by score": with_mistake(
        nms, "given order"
    ),
    "the lowest score comes first": with_mistake(nms, "lowest first"),
    "of equal scores the later box comes first; the earlier one does": with_mistake(nms, "ties"),
    "the indices are sorted; their order is that of the scores": with_mistake(nms, "sorted"),
    "the boxes are returned, not their indices": lambda boxes, scores, t: boxes[nms(boxes, scores, t)],
}


def nms_case(generator, count, threshold):
    start = torch.randint(0, 7, (count, 2), generator=generator)
    size = torch.randint(0, 4, (count, 2), generator=generator) * 2
    boxes = torch.cat([start, start + size], 1).float()
    scores = torch.randint(1, 8, (count,), generator=generator) / 8  # exact, and often equal
    return boxes, scores, threshold


def nms_cases(generator, trial):
    if trial == 0:
        return (torch.tensor(HAND_BOXES).float(), torch.tensor([0.875, 0.75, 0.625, 0.5, 1.0]), 0.5), {}
    if trial == 1:
        return (torch.zeros(0, 4), torch.zeros(0), 0.5), {}
    if trial == 2:  # equal scores, equal boxes, and an overlap of exactly a half
        boxes = [[0, 0, 4, 4], [0, 0, 4, 4], [0, 0, 4, 2], [4, 0, 8, 4], [2, 2, 2, 2], [2, 2, 2, 2]]
        return (torch.tensor(boxes).float(), torch.tensor([0.5, 0.5, 0.5, 0.5, 0.25, 0.75]), 0.5), {}
    boxes, scores, threshold = nms_case(generator, 2 + trial, (0.5, 0.25, 0.0, 0.75)[trial % 4])
    return (
        (boxes.double(), scores.double(), threshold) if trial % 3 == 0 else (boxes, scores, threshold)
    ), {}


suppression = Values(plain_nms, nms_cases, NMS_MISTAKES, trials=12)


def hidden_p5_nms(nms):
    """Random boxes, ties, no boxes, boxes without area; thresholds at an overlap."""

    def cases(generator, trial):
        return nms_case(
            generator, (0, 1, 12, 20, 8)[trial % 5], (0.5, 0.25, 0.0, 0.75, 0.625, 1.0)[trial % 6]
        ), {}

    check.function(nms, plain_nms, cases, wrong=NMS_MISTAKES, seed=90, trials=15).require()


def average_precision(scores, matches, objects, mistake=""):
    """Sum the interpolated precision over the objects, or make a mistake."""
    order = sorted(range(len(scores)), key=lambda i: -float(scores[i]))
    if mistake == "given order":
        order = list(range(len(scores)))
    hits, found = [], set()
    for i in order:
        match = int(matches[i])
        hits.append(match >= 0 and (mistake == "twice" or match not in found))
        found.add(match)
    precision = [sum(hits[: rank + 1]) / (rank + 1) for rank in range(len(hits))]
    if mistake != "raw":
        precision = [max(precision[rank:]) for rank in range(len(precision))]
    if mistake == "ranks":
        return sum(precision) / max(len(precision), 1)
    total = sum(p for p, hit in zip(precision, hits, strict=True) if hit)
    if mistake == "found":
        return total / max(sum(hits), 1)
    return total / objects if objects else 0.0


def plain_average_precision(scores, matches, objects):
    return float(average_precision(scores, matches, objects))


AP_MISTAKES = {
    "the precision at a rank is not the best at this rank or a later one": with_mistake(
        average_precision, "raw"
    ),
    "a second detection of an object counts as true": with_mistake(average_precision, "twice"),
    "the detections are taken in the order in which they are given, not by score": with_mistake(
        average_precision, "given order"
    ),
    "the sum is divided by the objects found; those that are missed count, too": with_mistake(
        average_precision, "found"
    ),
    "false detections add their precision; only true ones add": with_mistake(average_precision, "ranks"),
}


def ap_case(generator, count, objects):
    scores = torch.randint(1, 16, (count,), generator=generator) / 16
    return (
        scores,
        torch.randint(-1, max(objects, 1), (count,), generator=generator)
        if objects
        else torch.full((count,), -1),
        objects,
    )


def ap_cases(generator, trial):
    if trial == 0:
        return (torch.tensor([0.5, 1.0, 0.75, 0.25]), torch.tensor([2, 0, -1, 1]), 4), {}
    if trial == 1:
        return (torch.tensor([1.0, 0.75, 0.5]), torch.tensor([0, 0, 1]), 2), {}
    if trial == 2:
        return (torch.zeros(0), torch.zeros(0, dtype=torch.int64), 3), {}
    if trial == 3:
        return (torch.tensor([0.5, 0.25]), torch.tensor([-1, -1]), 0), {}
    return ap_case(generator, 2 + trial, 1 + trial % 5), {}


precision = Values(plain_average_precision, ap_cases, AP_MISTAKES, trials=14)


def hidden_p5_ap(average_precision):
    """Random detections, several of one object, ties, none; no objects."""

    def cases(generator, trial):
        return ap_case(generator, draw(generator, 0, 20), (0, 1, 3, 7, 12)[trial % 5]), {}

    check.function(
        average_precision, plain_average_precision, cases, wrong=AP_MISTAKES, seed=120, trials=15
    ).require()


# --- Part 6: a head


def decode(output, stride, mistake=""):
    """Turn a map of four numbers a cell into boxes, or make a mistake."""
    N, _, H, W = output.shape
    dx, dy, dw, dh = output.unbind(1)
    middle = 0.0 if mistake == "corner" else 0.5
    x, y = torch.arange(W).to(output) + middle, torch.arange(H).to(output)[:, None] + middle
    if mistake == "exchanged":
        x, y = torch.arange(H).to(output)[:, None] + middle, torch.arange(W).to(output) + middle
    step = 1 if mistake == "no stride" else stride
    cx, cy = (x + dx) * step, (y + dy) * step
    w, h = (dw, dh) if mistake == "no exp" else (dw.exp(), dh.exp())
    if mistake != "small":
        w, h = w * stride, h * stride
    if mistake == "full":
        w, h = 2 * w, 2 * h
    sides = [cx, cy, w, h] if mistake == "centers" else [cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2]
    boxes = torch.stack(sides, -1)
    return (boxes.transpose(1, 2) if mistake == "columns" else boxes).reshape(N, H * W, 4)


def plain_decode(output, stride):
    return decode(output, stride)


DECODE_MISTAKES = {
    "dx and dy start at the corner of the cell; they start at its middle": with_mistake(decode, "corner"),
    "rows and columns are exchanged: dx moves along the columns' axis": with_mistake(decode, "exchanged"),
    "width and height are not multiplied by the stride": with_mistake(decode, "small"),
    "the middle is not multiplied by the stride": with_mistake(decode, "no stride"),
    "width and height are not exponentials": with_mistake(decode, "no exp"),
    "the whole width lies on both sides of the middle; half of it does": with_mistake(decode, "full"),
    "middle, width and height are returned, not corners": with_mistake(decode, "centers"),
    "the cells are taken column by column; they go row by row": with_mistake(decode, "columns"),
}


def decode_cases(generator, trial):
    if trial == 0:
        return (torch.zeros(1, 4, 1, 2), 8), {}
    output = integers(generator, 1 + trial % 2, 4, 1 + trial % 3, 2 + trial % 2, low=-2, high=2) / 2
    return (output.double() if trial % 3 == 2 else output, (4, 8, 16)[trial % 3]), {}


decoded = Values(plain_decode, decode_cases, DECODE_MISTAKES, trials=8, fresh=True)


def hidden_p6_decode(decode):
    """Random maps and strides; float64."""

    def cases(generator, trial):
        output = torch.randn(
            draw(generator, 1, 3), 4, draw(generator, 1, 6), draw(generator, 1, 6), generator=generator
        )
        return (output.double() if trial % 2 else output, (2, 8, 12, 32)[trial % 4]), {}

    check.function(
        decode, plain_decode, cases, wrong=DECODE_MISTAKES, seed=140, trials=8, fresh=True
    ).require()


def loss(scores, offsets, labels, targets, weight=1.0, mistake=""):
    """Add cross-entropy and the smooth L1 loss of the offsets of objects, or make a mistake."""
    objects = labels > 0
    first = F.cross_entropy(scores, labels)
    if mistake == "objects only":
        first = F.cross_entropy(scores[objects], labels[objects]) if objects.any() else 0 * first
    if mistake == "softmax":
        first = F.cross_entropy(scores.softmax(1), labels)
    kept = torch.ones_like(objects) if mistake == "all" else objects
    if not kept.any():
        return first
    apart = {"mse": F.mse_loss, "l1": F.l1_loss}.get(mistake, F.smooth_l1_loss)
    second = apart(offsets[kept], targets[kept], reduction="sum" if mistake == "sum" else "mean")
    return first + second if mistake == "no weight" else first + weight * second


def plain_loss(scores, offsets, labels, targets, weight=1.0):
    return loss(scores, offsets, labels, targets, weight)


LOSS_MISTAKES = {
    "background counts in the loss of the boxes": with_mistake(loss, "all"),
    "the weight is ignored": with_mistake(loss, "no weight"),
    "the offsets' loss is the squared error, not smooth L1": with_mistake(loss, "mse"),
    "the offsets' loss is L1, not smooth L1": with_mistake(loss, "l1"),
    "the offsets' loss is a sum, not a mean": with_mistake(loss, "sum"),
    "background does not count in the cross-entropy": with_mistake(loss, "objects only"),
    "softmax comes before cross-entropy, which has it inside": with_mistake(loss, "softmax"),
}


def loss_cases(generator, trial):
    M, K = 3 + trial % 3, 2 + trial % 3
    labels = (
        torch.randint(0, K, (M,), generator=generator) if trial != 2 else torch.zeros(M, dtype=torch.int64)
    )
    scores, offsets, targets = (integers(generator, M, n) / 2 for n in (K, 4, 4))
    if trial % 3 == 1:
        scores, offsets, targets = scores.double(), offsets.double(), targets.double()
    return (
        (scores, offsets, labels, targets, (2.0, 0.5, 4.0)[trial % 3])
        if trial
        else (scores, offsets, labels, targets)
    ), {}


two_losses = Values(plain_loss, loss_cases, LOSS_MISTAKES, trials=9)


def hidden_p6_loss(detection_loss):
    """Random scores, offsets and weights, and batches without an object; the gradients."""

    def cases(generator, trial):
        M, K = draw(generator, 1, 9), draw(generator, 2, 6)
        labels = torch.randint(0, K, (M,), generator=generator) * (trial != 4)
        scores, offsets, targets = (torch.randn(M, n, generator=generator) * 2 for n in (K, 4, 4))
        return (scores, offsets, labels, targets), {"weight": (1.0, 3.0, 0.25)[trial % 3]}

    check.function(detection_loss, plain_loss, cases, wrong=LOSS_MISTAKES, seed=160, trials=10).require()


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p2-transposed": [transposed_convolution],
    "p3-submission": submission,
    "p4-box": [box_overlap],
    "p4-mask": [mask_overlap],
    "p5-nms": [suppression],
    "p5-ap": [precision],
    "p6-decode": [decoded],
    "p6-loss": [two_losses],
}
