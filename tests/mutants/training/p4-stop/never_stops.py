"""It runs to the end.

Feedback: Likely mistake: the run never stops early
"""


def early_stop(val_losses, patience):
    kept = 1
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < val_losses[kept - 1]:
            kept = epoch
        if epoch - kept == patience:
            pass
    return kept, epoch
