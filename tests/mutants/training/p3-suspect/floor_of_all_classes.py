"""The right class is counted among the others."""

import math


def suspect(losses, classes):
    if not all(math.isfinite(loss) for loss in losses):
        return "not finite"
    if abs(losses[0] - math.log(classes)) > 0.5:
        return "start"
    if min(losses) > 0.9 * losses[0]:
        return "stuck"
    if min(losses) >= math.log(1 + classes / math.e):
        return "softmax"
    return "not learned" if losses[-1] > 0.1 else "ok"
