"""Detached scores, and harmless lines."""

%matplotlib inline
import gc

import torch

gc.collect()


def predict(model, batches):
    model.eval()
    return torch.cat([model(batch[0]).detach() for batch in batches])


print(predict.__name__, model := None)
