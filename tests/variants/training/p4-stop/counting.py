"""A counter of epochs without a new smallest loss."""


def early_stop(val_losses, patience):
    best, kept, without = float("inf"), 1, 0
    for epoch, loss in enumerate(val_losses, 1):
        if loss < best:
            best, kept, without = loss, epoch, 0
        else:
            without += 1
            if without >= patience:
                return kept, epoch
    return kept, len(val_losses)
