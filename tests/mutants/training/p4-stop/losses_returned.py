"""The loss, not its epoch.

Feedback: returned at [0]
"""


def early_stop(val_losses, patience):
    kept = 1
    for epoch, loss in enumerate(val_losses, start=1):
        if loss < val_losses[kept - 1]:
            kept = epoch
        if epoch - kept == patience:
            break
    return val_losses[kept - 1], epoch
