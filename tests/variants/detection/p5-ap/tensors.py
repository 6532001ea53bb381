"""Cumulative sums, and the best from behind."""

import torch


def average_precision(scores, matches, objects):
    if not len(scores) or not objects:
        return 0.0
    order = torch.sort(scores, descending=True, stable=True).indices
    ranked = matches[order]
    same = (ranked[:, None] == ranked).tril(-1).any(1)
    hits = (ranked >= 0) & ~same
    precision = hits.cumsum(0) / torch.arange(1, len(hits) + 1)
    best = precision.flip(0).cummax(0).values.flip(0)
    return (best[hits].sum() / objects).item()
