"""The course's own loop.

Feedback: fit
"""


import torch

import cnnlib


class Both:
    def __init__(self, batches):
        self.train = self.val = batches


def train(model, epochs, rate, momentum=0.0):
    optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
    return [cnnlib.fit(model, Both(batches), optimizer, epochs=1).train_loss[0] for batches in epochs]
