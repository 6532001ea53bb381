"""zero_grad after the step does the same; the mode is set in each epoch."""

import torch
import torch.nn.functional as F


def train(model, epochs, rate, momentum=0.0):
    optimizer = torch.optim.SGD(model.parameters(), rate, momentum)
    history = []
    for batches in epochs:
        model.train(True)
        weighted = []
        for x, y in batches:
            log_probabilities = F.log_softmax(model(x), dim=1)
            loss = F.nll_loss(log_probabilities, y)
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            weighted.append(float(loss) * x.shape[0])
        history.append(sum(weighted) / sum(len(y) for _, y in batches))
    return history
