"""Epochs without a new smallest loss are counted altogether."""


def early_stop(val_losses, patience):
    kept, without = 1, 0
    for epoch in range(2, len(val_losses) + 1):
        if val_losses[epoch - 1] < val_losses[kept - 1]:
            kept = epoch
        else:
            without += 1
        if without == patience:
            return kept, epoch
    return kept, len(val_losses)
