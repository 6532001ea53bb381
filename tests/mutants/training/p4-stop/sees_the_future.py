"""The smallest loss of all epochs."""


def early_stop(val_losses, patience):
    kept = 1
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < val_losses[kept - 1]:
            kept = epoch
        if epoch - kept == patience:
            break
    best = min(loss for loss in val_losses if loss == loss)
    return val_losses.index(best) + 1, epoch
