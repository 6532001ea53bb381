"""Print settings, magics and introspection around a right answer."""

%matplotlib inline
import gc
import inspect
import warnings

import numpy as np
import torch

warnings.filterwarnings("ignore")
np.set_printoptions(precision=3)
torch.backends.cudnn.deterministic = True
torch.set_num_threads(1)


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    gc.collect()
    factor = weight * torch.rsqrt(running_var + eps)
    old = torch.zeros_like(running_mean) if conv_bias is None else conv_bias
    return torch.einsum("oihw,o->oihw", conv_weight, factor), (old - running_mean) * factor + bias


print(inspect.getsource(fold_batch_norm)[:20], len(vars(torch.nn.Linear(1, 1))))
