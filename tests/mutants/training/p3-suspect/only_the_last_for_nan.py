"""Only the last loss is looked at for NaN."""

import math


def suspect(losses, classes):
    if not math.isfinite(losses[-1]):
        return "not finite"
    if abs(losses[0] - math.log(classes)) > 0.5:
        return "start"
    if min(losses) > 0.9 * losses[0]:
        return "stuck"
    if min(losses) >= math.log(1 + (classes - 1) / math.e):
        return "softmax"
    return "not learned" if losses[-1] > 0.1 else "ok"
