"""The tests of the exercise on attention."""

# canary-5c1f7e92
import math
from functools import partial

import torch
import torch.nn.functional as F
from torch import nn

from autograder.visible import ByHand, Conditions, Values
from cnnlib import check
from cnnlib.check import given, measures

CUTTING = ("unfold", "conv2d")
ATTENTION = (
    "scaled_dot_product_attention",
    "multi_head_attention_forward",
    "torch.nn.MultiheadAttention",
)
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d", "conv_transpose2d", "unfold")

# Where the book explains what a part, or a test, asks for: chapter#section. The class report links to it.
BOOK = {
    "p1": "attention#Self-attention on four tokens",
    "p2": "attention#A patch embedding is a strided convolution",
    "p3": "attention#Self-attention on four tokens",
    "p3-heads": "attention#Several heads",
    "p4": "attention#When can each imitate the other?",
    "p5": "attention#Position: attention does not know where",
    "p5-cost": "attention#What it costs to see everything",
}

# Which functions a test forbids, by the id of its cell.
FORBIDDEN = {
    "p2-patches-visible": CUTTING,
    "p2-patches-hidden": CUTTING,
    "p3-attention-visible": ATTENTION,
    "p3-attention-hidden": ATTENTION,
    "p3-mask-hidden": ATTENTION,
    "p3-heads-visible": ATTENTION,
    "p3-heads-hidden": ATTENTION,
    "p4-conv-visible": CONVOLUTIONS,
    "p4-conv-hidden": CONVOLUTIONS,
}


def draw(generator, low, high):
    return int(torch.randint(low, high + 1, (), generator=generator))


def integers(generator, *shape, low=-9, high=9):
    """Draw whole numbers as floats: they keep a table short."""
    return torch.randint(low, high + 1, shape, generator=generator).float()


def normal(generator, trial, *shape):
    """Draw standard normal numbers; every third trial is in float64."""
    return torch.randn(shape, generator=generator).to(torch.float64 if trial % 3 == 2 else torch.float32)


def named(function, like):
    """Give a function the name by which a student knows the answer."""
    function.__name__ = like.__name__
    return function


# --- Part 1: attention by hand

QUERY, KEYS = [1, 0, 2, 1], [[0, 3, 1, 2], [2, 1, 0, 0], [-2, 5, 0, 2], [1, 0, 3, -1]]
SCORES, VALUES = [1, 2, 5, 2], [[10, 0], [0, 10], [2, 4], [5, 5]]
MASKED = [1, 4, 3, 2]


def values_of_torch():
    query, keys = torch.tensor([QUERY]).float(), torch.tensor(KEYS).float()
    percents = 100 * torch.eye(4)
    # With an entry of 1 in the query, one number a key is its score.
    weights = F.scaled_dot_product_attention(
        torch.ones(1, 1), torch.tensor(SCORES).float().log()[:, None], percents
    )
    mask = torch.ones(4, 4, dtype=torch.bool).tril()[1:2]
    masked = F.scaled_dot_product_attention(
        torch.ones(1, 1), torch.tensor(MASKED).float().log()[:, None], percents, mask
    )
    results = {
        "scores": query @ keys.T / 4**0.5,
        "percent": weights,
        "output": weights / 100 @ torch.tensor(VALUES).float(),
        "masked_percent": masked,
    }
    return {key: tuple(round(number) for number in result[0].tolist()) for key, result in results.items()}


def counts_of_torch():
    embed = nn.Conv2d(3, 96, 4, stride=4)
    tokens, doubled = (embed(torch.zeros(1, 3, size, size)).flatten(2).mT for size in (32, 64))
    projections = sum(p.numel() for _ in range(3) for p in nn.Linear(96, 96).parameters())
    return {
        "tokens": tokens.shape[1],
        "patch_numbers": embed.weight[0].numel(),
        "embedding_parameters": sum(p.numel() for p in embed.parameters()),
        "weights_per_head": (tokens @ tokens.mT).numel(),
        "weights_doubled": (doubled @ doubled.mT).numel(),
        "qkv_parameters": projections,
        "qkv_parameters_heads": projections,
    }


REVIEW = {
    "scores": "Review: multiply the entries in pairs, add, divide by the root of the number of entries.",
    "percent": "Review: e to the power of ln n is n; divide each by the sum of all four.",
    "output": "Review: each value times its weight, added up.",
    "masked_percent": "Review: a token that may not be looked at is left out of the sum, too.",
    "tokens": "Review: how many patches lie side by side, and how many rows of them are there?",
    "patch_numbers": "Review: every pixel of the patch has a number for each channel.",
    "embedding_parameters": "Review: each of the 96 numbers has a bias, and a weight for each of a patch.",
    "weights_per_head": "Review: each token asks, and each token is asked.",
    "weights_doubled": "Review: count the tokens first.",
    "qkv_parameters": "Review: three layers, each with its weights and biases.",
    "qkv_parameters_heads": "Review: how many numbers does each head get?",
}
NO_BIAS = "That is the weights; the layers have biases as well."

by_hand = ByHand(
    right=values_of_torch() | counts_of_torch(),
    review=REVIEW,
    mistakes={
        "scores": {
            (4, 2, 0, 6): "That is the dot products; they are divided by the root of 4.",
            (2, 1, 0, 2): "The last key has a negative entry; it counts once, with its sign: 1 + 6 − 1.",
        },
        "percent": {
            (1, 2, 5, 2): "That is e to the power of the scores; divide by their sum, in percent.",
            (25, 25, 25, 25): "That is the plain mean; the scores differ.",
        },
        "output": {
            (30, 50): "Divide by the sum of the weights: they are percents.",
            (17, 19): "That is the plain sum of the values; each has its own weight.",
            (5, 3): "The two numbers are exchanged.",
        },
        "masked_percent": {
            (10, 40, 30, 20): "That is without the mask.",
            (10, 40, 0, 0): (
                "The mask comes before the softmax: the weights that are left add up to 100 percent."
            ),
            (0, 0, 60, 40): "The mask is the wrong way round: it says where the token may look.",
            (0, 100, 0, 0): "The token may look at the first one, too.",
        },
        "tokens": {
            8: "That is one row of patches.",
            29 * 29: "That lets the patches overlap; they lie side by side.",
            32 * 32: "That is the pixels; a patch has 16 of them.",
            192: "A token holds all channels of its patch.",
        },
        "patch_numbers": {
            16: "That is one channel.",
            12: "That is one row of the patch.",
        },
        "embedding_parameters": {
            48 * 96: NO_BIAS,
            48 * 96 + 1: "That counts one bias for the layer; each of the 96 numbers has its own.",
            16 * 96 + 96: "That is one channel; a patch has 48 numbers.",
            64 * (48 * 96 + 96): "All patches share one layer.",
        },
        "weights_per_head": {
            64: "That is one query; every token asks.",
            64 * 63 // 2: "Token i looks at token j, and j at i: these are two weights.",
            64 * 63: "A token looks at itself, too.",
            64 * 96: "That is the tokens' numbers; a weight belongs to a pair of tokens.",
        },
        "weights_doubled": {
            4
            * 64
            * 64: "There are four times as many tokens that ask, and four times as many that are asked.",
            2 * 64 * 64: "Twice the side is four times the tokens, and every pair of them has a weight.",
            256: "That is the number of tokens.",
        },
        "qkv_parameters": {
            3 * 96 * 96: NO_BIAS,
            96 * 96 + 96: "That is one of the three layers.",
            3 * 96 * 96 + 3: "That counts one bias for each layer; each of its 96 numbers has its own.",
        },
        "qkv_parameters_heads": {
            4 * 3 * (96 * 96 + 96): "The heads share the 96 numbers: each gets 24 of them.",
            3 * 96 * 96: NO_BIAS,
            3 * (96 * 24 + 24): "That is one head; there are four.",
        },
    },
)


def hidden_p1_values(by_hand, points):
    """Compare the four tuples with PyTorch's."""
    return check.answers(by_hand(), values_of_torch(), review=REVIEW).points(points)


def hidden_p1_counts(by_hand, points):
    """Compare the seven numbers with those of PyTorch's layers and results."""
    return check.answers(by_hand(), counts_of_torch(), review=REVIEW).points(points)


# --- Part 2: patches


def cut(x, size):
    return F.unfold(x, size, stride=size).mT.contiguous()


def patch_cases(generator, trial):
    """Show one channel, several channels, several images, then images that are not square."""
    size = draw(generator, 2, 3) if trial != 1 else 1
    N, C = (1, 1) if trial < 4 else (1, 3) if trial < 7 else (2, 2)
    tall, wide = (
        (1, 2) if trial < 2 else (2, 2) if trial < 8 else (draw(generator, 1, 3), draw(generator, 1, 3))
    )
    x = integers(generator, N, C, tall * size, wide * size)
    return (x.double() if trial == 9 else x, size), {}


def in_other_order(*order):
    """Cut with the axes (N, row of patches, column, channel, row in the patch, column) in this order."""

    def wrong(x, size):
        N, C, H, W = x.shape
        parts = x.reshape(N, C, H // size, size, W // size, size).permute(0, *order)
        return parts.reshape(N, -1, C * size * size)

    return wrong


PATCH_MISTAKES = {
    "the numbers of a patch are in the order row, column, channel": in_other_order(2, 4, 3, 5, 1),
    "the patches are in the order of columns: down first, then to the right": in_other_order(4, 2, 1, 3, 5),
    "the numbers of a patch are in the order of columns": in_other_order(2, 4, 1, 5, 3),
    "reshape alone cuts the image into strips, not into patches": lambda x, size: x.reshape(
        len(x), -1, x.shape[1] * size * size
    ),
    "the last two axes are exchanged: one patch is one row of the result": lambda x, size: F.unfold(
        x, size, stride=size
    ),
    "the patches overlap; they lie side by side": lambda x, size: F.unfold(x, size).mT,
    "only the first image is used": lambda x, size: cut(x[:1], size),
}
patches = Values(cut, patch_cases, PATCH_MISTAKES, trials=12, fresh=True)


def hidden_p2_patches(patches):
    """Compare random images and sizes, a patch of one pixel and one of the whole image among them."""

    def cases(generator, trial):
        size = (1, 2, 3, 4)[trial % 4]
        N, C, tall, wide = (draw(generator, 1, 3) for _ in range(4))
        tall, wide = (1, 1) if trial % 5 == 4 else (tall, wide)
        return (normal(generator, trial, N, C, tall * size, wide * size), size), {}

    forbidden = FORBIDDEN["p2-patches-hidden"]
    check.function(patches, cut, cases, trials=16, seed=20, forbid=forbidden, fresh=True).require()


def embedded(cut):
    """Return what an embedding gives with the numbers of `given.fill`, if it cuts like this."""

    def filled(x, channels, size, dim):
        weight = given.kernel(dim, channels, size, size).flatten(1)
        return F.linear(cut(x, size), weight, given.bias(dim))

    return filled


def embed_cases(generator, trial):
    channels, size, dim = (1, 2, 3) if trial < 3 else (draw(generator, 1, 3), draw(generator, 1, 3), 4)
    N, tall, wide = 1 + trial % 2, 1 + trial % 3, 2
    x = integers(generator, N, channels, tall * size, wide * size, low=-4, high=4)
    return (x, channels, size, dim), {}


def overlapping(x, channels, size, dim):
    y = F.conv2d(x, given.kernel(dim, channels, size, size), given.bias(dim))
    return y.flatten(2).mT


KERNEL = {"Conv2d": {"the convolution": (6, 3, 4, 4)}}
embed = [
    Conditions(
        "shapes",
        [
            (((3, 4, 6), (2, 3, *size), (2, tokens, 6), 294), {})
            for size, tokens in (((8, 8), 4), ((4, 12), 3))
        ],
    ),
    Conditions(
        "weights",
        [(((3, 4, 6), KERNEL, {"Conv2d": True}, {"Conv2d": "A patch has size × size pixels."}), {})],
    ),
    Conditions("parameters", [(((3, 4, 6), 294), {})]),
    Values(
        embedded(cut),
        embed_cases,
        {
            "the stride is 1: the windows overlap": overlapping,
            "the result is (N, dim, L), not (N, L, dim)": lambda *args: embedded(cut)(*args).mT,
            "the tokens are in the order of columns": embedded(in_other_order(4, 2, 1, 3, 5)),
        },
        trials=8,
        measure="filled",
    ),
    Conditions("alike", [((torch.arange(96.0).reshape(2, 3, 4, 4) / 50, 3, 2, 5), {})]),
    Conditions("unused", [((torch.arange(96.0).reshape(2, 3, 4, 4) / 50, 3, 2, 5), {})]),
    Conditions("apart", [(((3, 2, 5),), {})]),
]


def hidden_p2_embed(patch_embedding):
    """Compare random images with one linear layer on their patches."""

    def cases(generator, trial):
        N, channels, size, tall, wide, dim = (draw(generator, 1, 4) for _ in range(6))
        x = torch.randn(N, channels, tall * size, wide * size, generator=generator)
        return (x, channels, size, dim), {}

    kernel = {"Conv2d": {"the convolution": (5, 2, 3, 3)}}
    faults = measures.weights(patch_embedding, (2, 3, 5), kernel, {"Conv2d": True}, {}) or [
        *measures.parameters(patch_embedding, (2, 3, 5), 95),
        *measures.apart(patch_embedding, (2, 3, 5)),
    ]
    check.Report(not faults, "\n".join(faults)).require()
    filled = named(partial(measures.filled, patch_embedding), patch_embedding)
    check.function(filled, embedded(cut), cases, seed=40, trials=12).require()


# --- Part 3: attention


def attend(query, key, value, mask=None):
    return F.scaled_dot_product_attention(query, key, value, mask)


def by_weights(weights_of):
    """Return attention whose weights come from (query, key, mask)."""

    def wrong(query, key, value, mask=None):
        return weights_of(query, key, mask) @ value

    return wrong


def scored(query, key, mask, scale=None, blocked=-math.inf):
    scores = query @ key.mT / (query.shape[-1] ** 0.5 if scale is None else scale)
    return scores if mask is None else scores.masked_fill(~mask, blocked)


def masked_afterwards(query, key, mask):
    weights = scored(query, key, None).softmax(-1)
    return weights if mask is None else weights * mask


MISTAKES = {
    "the scores are not divided by the root of E": by_weights(
        lambda q, k, mask: scored(q, k, mask, scale=1.0).softmax(-1)
    ),
    "the scores are divided by E, not by its root": by_weights(
        lambda q, k, mask: scored(q, k, mask, scale=q.shape[-1]).softmax(-1)
    ),
    "the scores are divided by the root of the number of keys": by_weights(
        lambda q, k, mask: scored(q, k, mask, scale=k.shape[-2] ** 0.5).softmax(-1)
    ),
    "the softmax goes over the queries; the weights of one query add up to 1": by_weights(
        lambda q, k, mask: scored(q, k, mask).softmax(-2)
    ),
    "there is no softmax": by_weights(lambda q, k, mask: scored(q, k, mask, blocked=0.0)),
    "the mask is ignored": by_weights(lambda q, k, mask: scored(q, k, None).softmax(-1)),
    "the mask is the wrong way round: True says where a query may look": by_weights(
        lambda q, k, mask: scored(q, k, None if mask is None else ~mask).softmax(-1)
    ),
    "the weights are masked after the softmax, so they no longer add up to 1": by_weights(masked_afterwards),
    "a masked score is set to 0; e to the power of 0 is still 1": by_weights(
        lambda q, k, mask: scored(q, k, mask, blocked=0.0).softmax(-1)
    ),
    "the keys are used in place of the values": lambda query, key, value, mask=None: attend(
        query, key, key, mask
    ),
}


def attention_cases(generator, trial):
    """Show one image without a mask, then batches, then other numbers of keys and values."""
    N, L, S, E, V = 1 + trial % 2, draw(generator, 1, 3), draw(generator, 2, 4), draw(generator, 2, 4), 2
    S, E, V = (S, E, V) if trial > 3 else (L + 1, 2, 2)
    lead = () if trial in (2, 5) else (N,)
    query, key = (integers(generator, *lead, n, E, low=-2, high=2) for n in (L, S))
    return (query, key, integers(generator, *lead, S, V, low=-5, high=5)), {}


def drawn_mask(generator, *shape):
    """Draw a mask with a True in each row, and a False in most."""
    mask = torch.rand(shape, generator=generator) < 0.5
    kept = torch.randint(shape[-1], (*shape[:-1], 1), generator=generator)
    return mask.scatter(-1, kept, True)


def mask_cases(generator, trial):
    """Mask the later keys, then any, then others for each image."""
    (query, key, value), _ = attention_cases(generator, 4 + 2 * (trial // 2))
    L, S = query.shape[-2], key.shape[-2]
    if trial < 2:
        mask = torch.ones(L, S, dtype=torch.bool).tril()
    else:
        mask = drawn_mask(generator, *(query.shape[:-2] if trial % 2 else ()), L, S)
    if trial % 2:
        return (query, key, value, mask), {}
    return (query, key, value), {"mask": mask}


def large_cases(generator, trial):
    (query, key, value), _ = attention_cases(generator, 4 + trial)
    query = query * (40.0, 1e3, 1e4)[trial % 3]
    if trial > 2:
        query, key, value = query.double(), key.double(), value.double()
    return (query, key, value), {}


attention = [
    Values(attend, attention_cases, MISTAKES, trials=9, fresh=True),
    Values(attend, mask_cases, MISTAKES, trials=10, seed=20, fresh=True),
    Values(attend, large_cases, MISTAKES, trials=5, seed=40, fresh=True),
]


def hidden_p3_attention(attention):
    """Compare random shapes without a mask, four axes and one token among them, and large scores."""

    def cases(generator, trial):
        lead = ((), (2,), (2, 3), (1,))[trial % 4]
        L, S, E, V = (draw(generator, 1, 6) for _ in range(4))
        scale = 1e3 if trial % 5 == 4 else 1.0
        query, key = (normal(generator, trial, *lead, n, E) for n in (L, S))
        return (scale * query, key, normal(generator, trial, *lead, S, V)), {}

    forbidden = FORBIDDEN["p3-attention-hidden"]
    check.function(attention, attend, cases, trials=16, seed=60, forbid=forbidden, fresh=True).require()


def hidden_p3_mask(attention):
    """Compare random masks, for all images and for each."""

    def cases(generator, trial):
        lead = ((2,), (1,), (2, 2))[trial % 3]
        L, S, E, V = (draw(generator, 2, 5) for _ in range(4))
        mask = drawn_mask(generator, *(lead if trial % 2 else ()), L, S)
        query, key = (normal(generator, trial, *lead, n, E) for n in (L, S))
        return (query, key, normal(generator, trial, *lead, S, V), mask), {}

    forbidden = FORBIDDEN["p3-mask-hidden"]
    check.function(attention, attend, cases, trials=16, seed=80, forbid=forbidden, fresh=True).require()


def in_heads(x, in_weight, out_weight, heads):
    """PyTorch's own layer with these weights, without biases."""
    layer = nn.MultiheadAttention(x.shape[-1], heads, bias=False, batch_first=True, dtype=x.dtype)
    with torch.no_grad():
        layer.in_proj_weight.copy_(in_weight)
        layer.out_proj.weight.copy_(out_weight)
        return layer(x, x, x, need_weights=False)[0]


def composed(split, join, scale=None, out=True, order=(0, 1, 2)):
    """Self-attention that splits tokens into heads, and joins them, as these functions say."""

    def wrong(x, in_weight, out_weight, heads):
        parts = (x @ in_weight.T).chunk(3, -1)
        query, key, value = (split(parts[i], heads) for i in order)
        scores = query @ key.mT / (scale(x, heads) if scale else query.shape[-1] ** 0.5)
        y = join(scores.softmax(-1) @ value, x)
        return y @ out_weight.T if out else y

    return wrong


def split_channels(x, heads):
    return x.unflatten(-1, (heads, -1)).transpose(1, 2)


def join_channels(y, x):
    return y.transpose(1, 2).flatten(2)


HEADS_MISTAKES = {
    "the numbers are dealt to the heads in turn; head 0 takes the first ones, side by side": composed(
        lambda x, heads: x.unflatten(-1, (-1, heads)).permute(0, 3, 1, 2),
        lambda y, x: y.permute(0, 2, 3, 1).flatten(2),
    ),
    "the tokens are split among the heads; every head sees all tokens, and some of their numbers": composed(
        lambda x, heads: x.reshape(len(x), heads, -1, x.shape[-1] // heads), lambda y, x: y.reshape(x.shape)
    ),
    "the heads are put together without moving their axis back": composed(
        split_channels, lambda y, x: y.reshape(x.shape)
    ),
    "the scores are divided by the root of D; a head has D / heads numbers": composed(
        split_channels, join_channels, scale=lambda x, heads: x.shape[-1] ** 0.5
    ),
    "the output weight is not used": composed(split_channels, join_channels, out=False),
    "there is one head, whatever `heads` says": lambda x, w, out, heads: in_heads(x, w, out, 1),
    "queries and values are exchanged": composed(split_channels, join_channels, order=(2, 1, 0)),
    "keys and values are exchanged": composed(split_channels, join_channels, order=(0, 2, 1)),
    "queries and keys are exchanged": composed(split_channels, join_channels, order=(1, 0, 2)),
    "the input weight is not transposed: its first D rows make the queries": lambda x, w, out, heads: (
        in_heads(x, torch.cat([part.T for part in w.chunk(3)]), out, heads)
    ),
    "the output weight is not transposed": lambda x, w, out, heads: in_heads(x, w, out.T, heads),
}


def heads_cases(generator, trial):
    """Show one head, then several, then several images; the example is the first."""
    heads = (1, 1, 1, 2, 2, 3, 2, 4, 3, 2)[trial]
    D = heads * (2 if trial > 2 else 1 + trial % 2)
    N, L = (1, 3) if trial < 6 else (2, 3)
    x = integers(generator, N, L, D, low=-2, high=2)
    in_weight = integers(generator, 3 * D, D, low=-1, high=1)
    out_weight = integers(generator, D, D, low=-2, high=2)
    if trial == 0:
        in_weight[-D:], out_weight = torch.eye(D), torch.eye(D)
    tensors = (x, in_weight, out_weight)
    return ((*(t.double() for t in tensors), heads) if trial == 9 else (*tensors, heads)), {}


heads = Values(in_heads, heads_cases, HEADS_MISTAKES, trials=10, fresh=True)


def hidden_p3_heads(multi_head):
    """Compare random shapes with PyTorch's nn.MultiheadAttention."""

    def cases(generator, trial):
        heads = (1, 2, 3, 4)[trial % 4]
        D, N, L = heads * draw(generator, 1, 3), draw(generator, 1, 3), draw(generator, 1, 6)
        tensors = [normal(generator, trial, *shape) for shape in ((N, L, D), (3 * D, D), (D, D))]
        return (*tensors, heads), {}

    forbidden = FORBIDDEN["p3-heads-hidden"]
    check.function(multi_head, in_heads, cases, trials=16, seed=100, forbid=forbidden, fresh=True).require()


# --- Part 4: a convolution made of attention


def looked_at(height, width, dy, dx):
    """Move each pixel's unit map by a convolution."""
    pixels = torch.eye(height * width).reshape(-1, 1, height, width)
    reach = 2 * max(abs(dy), abs(dx)) + 1
    kernel = torch.zeros(1, 1, reach, reach)
    kernel[0, 0, reach // 2 + dy, reach // 2 + dx] = 1
    # Column j tells who looks at pixel j.
    return F.conv2d(pixels, kernel, padding=reach // 2).flatten(1).T.contiguous()


def wrapped_around(height, width, dy, dx):
    pixels = torch.arange(height * width).reshape(height, width).roll((-dy, -dx), (0, 1)).flatten()
    return torch.eye(height * width)[pixels]


def only_inside(height, width, dy, dx):
    """Look at place i + dy * width + dx, which may lie in another row."""
    n = height * width
    return (
        torch.diag(torch.ones(n - abs(dy * width + dx)), dy * width + dx)
        if abs(dy * width + dx) < n
        else torch.zeros(n, n)
    )


def at_the_border(height, width, dy, dx):
    rows = (torch.arange(height) + dy).clamp(0, height - 1)
    columns = (torch.arange(width) + dx).clamp(0, width - 1)
    return torch.eye(height * width)[(rows[:, None] * width + columns).flatten()]


NEIGHBOR_MISTAKES = {
    "the direction is the opposite one": lambda height, width, dy, dx: looked_at(height, width, -dy, -dx),
    "rows and columns of the matrix are exchanged: row i says where pixel i looks": lambda *args: (
        looked_at(*args).T
    ),
    "dy and dx are exchanged": lambda height, width, dy, dx: looked_at(height, width, dx, dy),
    "the map is wrapped around: beyond the border there is no pixel": wrapped_around,
    "the end of one row is taken for the neighbor of the next row's start": only_inside,
    "a pixel at the border looks at the border again; beyond it there is none": at_the_border,
    "height and width are exchanged": lambda height, width, dy, dx: looked_at(width, height, dy, dx),
    "the pixels are in the order of columns": lambda height, width, dy, dx: (
        looked_at(height, width, dy, dx)
        .reshape(height, width, height, width)
        .permute(1, 0, 3, 2)
        .reshape(height * width, -1)
    ),
}
neighbor = Values(
    looked_at,
    [
        ((2, 2, 0, 1), {}),
        ((3, 3, 0, 0), {}),
        ((3, 3, 1, 0), {}),
        ((3, 3, -1, 0), {}),
        ((3, 3, 0, -1), {}),
        ((2, 3, 1, 1), {}),
        ((3, 2, -1, 1), {}),
        ((2, 4, 0, 2), {}),
        ((1, 3, 0, -2), {}),
        ((3, 2, 2, 0), {}),
        ((2, 2, 0, 3), {}),
    ],
    NEIGHBOR_MISTAKES,
)


def hidden_p4_neighbor(neighbor_weights):
    """Compare random maps and offsets, some of which lead out of the map everywhere."""

    def cases(generator, trial):
        height, width = draw(generator, 1, 5), draw(generator, 1, 5)
        return (height, width, draw(generator, -3, 3), draw(generator, -3, 3)), {}

    check.function(neighbor_weights, looked_at, cases, trials=20, seed=120).require()


def convolved(x, weight):
    return F.conv2d(x, weight, padding=weight.shape[-1] // 2)


def by_offsets(matrix, mix=lambda moved, part: moved @ part.T):
    def wrong(x, weight):
        N, _, H, W = x.shape
        K, y = weight.shape[-1], 0
        for i in range(K):
            for j in range(K):
                moved = matrix(H, W, i - K // 2, j - K // 2).to(x.dtype) @ x.flatten(2).mT
                y = y + mix(moved, weight[:, :, i, j])
        return y.mT.reshape(N, -1, H, W)

    return wrong


CONV_MISTAKES = {
    "the kernel is flipped": lambda x, weight: convolved(x, weight.flip(2, 3)),
    "the kernel's rows and columns are exchanged": lambda x, weight: convolved(x, weight.mT),
    "the map is wrapped around": by_offsets(wrapped_around),
    "the border is repeated, not zero": by_offsets(at_the_border),
    "the channels are mixed the wrong way: weight[:, :, i, j] is (C_out, C_in)": by_offsets(
        looked_at, lambda moved, part: moved @ (part if part.shape[0] == part.shape[1] else part.T)
    ),
    "only the middle of the kernel is used": lambda x, weight: F.conv2d(
        x, weight[:, :, weight.shape[2] // 2, weight.shape[3] // 2, None, None]
    ),
    "only the first channel is used": lambda x, weight: convolved(x[:, :1], weight[:, :1]),
    "only the first image is used": lambda x, weight: convolved(x[:1], weight),
    "the places of the kernel are counted from its corner, not from its middle": by_offsets(
        lambda H, W, dy, dx: looked_at(H, W, dy + 1, dx + 1)
    ),
}


def conv_cases(generator, trial):
    """Show 1 × 1, then 3 × 3 kernels on one and on several channels, then 5 × 5."""
    K = 1 if trial < 2 else 3 if trial < 9 else 5
    C_in, C_out, N = (1, 1, 1) if trial in (2, 3) else (2, 2, 1) if trial == 4 else (2, 3, 1 + trial % 2)
    H, W = draw(generator, 2, 4), draw(generator, 2, 4)
    x = integers(generator, N, C_in, H, W, low=-4, high=4)
    weight = integers(generator, C_out, C_in, K, K, low=-3, high=3)
    return ((x.double(), weight.double()) if trial == 8 else (x, weight)), {}


conv = Values(convolved, conv_cases, CONV_MISTAKES, trials=11, fresh=True)


def hidden_p4_conv(convolution_by_heads):
    """Compare random kernels and maps, in both dtypes."""

    def cases(generator, trial):
        K = (1, 3, 5)[trial % 3]
        N, C_in, C_out, H, W = (draw(generator, 1, 4) for _ in range(5))
        return (
            normal(generator, trial // 2, N, C_in, H, W),
            normal(generator, trial // 2, C_out, C_in, K, K),
        ), {}

    forbidden = FORBIDDEN["p4-conv-hidden"]
    check.function(
        convolution_by_heads, convolved, cases, trials=14, seed=140, forbid=forbidden, fresh=True
    ).require()


# --- Part 5: position and cost


def error_of(layer, x, order):
    return float((layer(x[:, order]) - layer(x)[:, order]).abs().max())


def errors(names, x, order):
    return {name: error_of(given.ON_TOKENS[name], x, order) for name in names}


def mistaken(error):
    return lambda names, x, order: {name: error(given.ON_TOKENS[name], x, order) for name in names}


def order_cases(generator, trial):
    N, L, D = ((1, 4, 2), (2, 3, 1), (1, 5, 2), (2, 4, 2))[trial]
    order = torch.randperm(L, generator=generator)
    if trial == 0:
        order = torch.tensor([1, 2, 3, 0])  # not its own inverse
    return (list(given.ON_TOKENS), integers(generator, N, L, D, low=-3, high=3), order), {}


order = Values(
    errors,
    order_cases,
    {
        "the layer is called twice in the same order": mistaken(lambda layer, x, order: 0.0),
        "the result is compared with the reordered input": mistaken(
            lambda layer, x, order: float((layer(x[:, order]) - x[:, order]).abs().max())
        ),
        "only one side is reordered": mistaken(
            lambda layer, x, order: float((layer(x[:, order]) - layer(x)).abs().max())
        ),
        "the images are reordered, not the tokens": mistaken(
            lambda layer, x, order: float(
                (layer(x[torch.arange(len(x)).flip(0)]) - layer(x)[torch.arange(len(x)).flip(0)]).abs().max()
            )
        ),
        "the difference has no absolute value": mistaken(
            lambda layer, x, order: float((layer(x[:, order]) - layer(x)[:, order]).max())
        ),
        "the mean of the differences is taken, not the largest": mistaken(
            lambda layer, x, order: float((layer(x[:, order]) - layer(x)[:, order]).abs().mean())
        ),
        "the second time the order is undone instead of made again": mistaken(
            lambda layer, x, order: float((layer(x[:, order]) - layer(x)[:, order.argsort()]).abs().max())
        ),
        "only the first image is compared": mistaken(lambda layer, x, order: error_of(layer, x[:1], order)),
    },
    trials=4,
    measure="given_functions",
)


def hidden_p5_order(order_error):
    """Compare other functions and orders, with PyTorch's own layers among them."""
    torch.manual_seed(0)
    encoder = nn.TransformerEncoderLayer(4, 2, 8, dropout=0.0, batch_first=True).eval()
    layers = {
        "an encoder layer": lambda x: encoder(x).detach(),
        "a convolution along the tokens": lambda x: F.avg_pool1d(x.mT, 3, 1, 1).mT,
        "the first token taken away": lambda x: x - x[:, :1],
        "a norm over the tokens": lambda x: F.layer_norm(x.mT, x.shape[1:2]).mT,
        "fewer numbers": lambda x: x[:, :, :1] - x.cumsum(1)[:, :, :1],
    }

    def measured(name, x, order):
        return order_error(layers[name], x, order)

    def expected(name, x, order):
        return error_of(layers[name], x, order)

    def cases(generator, trial):
        L = draw(generator, 3, 7)
        x = torch.randn(1 + trial % 3, L, 4, generator=generator)
        return (list(layers)[trial % len(layers)], x, torch.randperm(L, generator=generator)), {}

    check.function(named(measured, order_error), expected, cases, trials=15, seed=160).require()


def side_by_trying(dim, kernel_size):
    """Count multiplications map by map."""
    side = 1
    while True:
        tokens = side * side
        attention = 4 * tokens * dim * dim + 2 * tokens * tokens * dim
        if attention > tokens * kernel_size**2 * dim * dim:
            return side
        side += 1


def first_side(more):
    """Return the first side at which `more(tokens, dim, kernel_size)` holds."""

    def wrong(dim, kernel_size):
        return next(side for side in range(1, 10_000) if more(side * side, dim, kernel_size))

    return wrong


cost = Values(
    side_by_trying,
    [
        ((dim, kernel), {})
        for dim, kernel in (
            (2, 3),
            (10, 3),
            (8, 3),
            (64, 3),
            (40, 3),
            (1, 3),
            (64, 1),
            (32, 5),
            (256, 7),
            (16, 7),
            (2, 2),
            (1, 4),
            (8, 4),
        )
    ],
    {
        "the number of tokens is returned, not the side of the map": lambda dim, kernel_size: next(
            tokens for tokens in range(1, 10**6) if 4 * dim + 2 * tokens > kernel_size**2 * dim
        ),
        "the output's multiplications are left out": first_side(
            lambda L, D, K: 3 * L * D**2 + 2 * L**2 * D > L * K**2 * D**2
        ),
        "the scores or the weighted means are left out": first_side(
            lambda L, D, K: 4 * L * D**2 + L**2 * D > L * K**2 * D**2
        ),
        "only the scores and means are counted": first_side(lambda L, D, K: 2 * L**2 * D > L * K**2 * D**2),
        "equal is taken for more": first_side(lambda L, D, K: 4 * L * D**2 + 2 * L**2 * D >= L * K**2 * D**2),
        "the kernel is K × 1; it has K × K places": lambda dim, kernel_size: next(
            side for side in range(1, 10_000) if 4 * dim + 2 * side**2 > kernel_size * dim
        ),
    },
)


def hidden_p5_cost(smallest_side):
    """Compare random widths and kernels, very wide layers and maps of equal cost among them."""

    def cases(generator, trial):
        if trial % 5 == 4:
            return (10 * draw(generator, 1, 9) ** 2, 3), {}
        dim = draw(generator, 1, 300) if trial % 4 else draw(generator, 1000, 40_000)
        return (dim, draw(generator, 1, 11)), {}

    check.function(smallest_side, side_by_trying, cases, trials=20, seed=180).require()


VISIBLE = {
    "p1-by-hand": [by_hand],
    "p2-patches": [patches],
    "p2-embed": embed,
    "p3-attention": attention,
    "p3-heads": [heads],
    "p4-neighbor": [neighbor],
    "p4-conv": [conv],
    "p5-order": [order],
    "p5-cost": [cost],
}
