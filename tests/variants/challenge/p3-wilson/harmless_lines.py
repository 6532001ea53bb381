"""Magics, warnings and introspection around a right answer."""

%matplotlib inline
!nvidia-smi || true
import gc
import inspect
import math
import warnings

import numpy as np

warnings.filterwarnings("ignore")
np.set_printoptions(precision=4)
math.sqrt?


def wilson(correct, total):
    gc.collect()
    n, z = total, 1.96
    p = correct / n
    half = z * math.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return tuple((p + z**2 / (2 * n) + sign * half) / (1 + z**2 / n) for sign in (-1, 1))


print(inspect.getsource(wilson)[:20], wilson.__code__.co_varnames)
