"""Magic, shell lines, and settings that change nothing."""

import gc
import inspect
import warnings

import torch
import torch.nn.functional as F
from torch import nn

!pip --version
!nvidia-smi || true
%matplotlib inline
%cd .
torch.set_printoptions(precision=3, sci_mode=False)
torch.backends.cudnn.benchmark = True
warnings.filterwarnings("ignore")
F.pad?


@torch.compile
def doubled(x):
    return 2 * x


class Residual(nn.Module):
    def __init__(self, module, projection=None):
        super().__init__()
        setattr(self, f"part{1}", module)
        setattr(self, f"part{2}", projection or getattr(nn, f"Iden{'tity'}")())
        gc.collect()

    def forward(self, x):
        assert "x" in inspect.signature(self.forward).parameters
        assert "training" in self.__dict__
        return self.part1(x) + self.part2(x)
