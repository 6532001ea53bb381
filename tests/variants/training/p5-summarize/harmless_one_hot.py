"""A product of one-hot codes, and harmless lines."""

!nvidia-smi
import gc

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
gc.collect()


def summarize(scores, labels):
    K = scores.shape[1]
    truth, taken = F.one_hot(labels, K), F.one_hot(scores.argmax(dim=-1), K)
    confusion = (truth[:, :, None] * taken[:, None, :]).sum(dim=0)
    p = (confusion.trace() / confusion.sum()).item()
    own = confusion.sum(dim=1)
    present = [k for k in range(K) if own[k]]
    hardest = min(present, key=lambda k: float(confusion[k, k] / own[k]))
    return {"hardest": hardest, "error": (p * (1 - p) / len(labels)) ** 0.5, "accuracy": p, "confusion": confusion}
