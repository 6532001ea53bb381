"""Background does not count in the cross-entropy."""

import torch.nn.functional as F


def detection_loss(scores, offsets, labels, targets, weight=1.0):
    classes, objects = 0, labels > 0
    if not objects.any():
        return F.cross_entropy(scores, labels)
    classes = F.cross_entropy(scores[objects], labels[objects])
    return classes + weight * F.smooth_l1_loss(offsets[objects], targets[objects])
