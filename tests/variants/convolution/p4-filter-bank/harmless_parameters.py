"""The filters are the weight of a layer, set by computed names; the weight wants gradients."""

import gc

import torch
from torch import nn

torch.set_printoptions(sci_mode=False)
!echo "filters"


class Bank(nn.Module):
    def __init__(self):
        super().__init__()
        sobel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
        for index, weight in enumerate((sobel, sobel.T)):
            setattr(self, f"sobel{index}", nn.Parameter(weight))


def filter_bank():
    bank = Bank()
    identity, blur = torch.zeros(3, 3), torch.full((3, 3), 1 / 9)
    identity[1, 1] = 1
    edges = [bank.sobel0.sign(), *(getattr(bank, f"sobel{index}") for index in range(2))]
    gc.collect()
    return torch.stack([identity, blur, 2 * identity - blur, *edges])[:, None]


Bank().__dict__.keys()
