"""Two loops."""

import torch


def mask_iou(masks, others):
    result = torch.zeros(len(masks), len(others))
    for i in range(len(masks)):
        for j in range(len(others)):
            union = torch.logical_or(masks[i], others[j]).sum().item()
            if union:
                result[i, j] = torch.logical_and(masks[i], others[j]).sum().item() / union
    return result
