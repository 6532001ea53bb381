"""Only infinity is found.

Feedback: Likely mistake: NaN is not found
"""

import math


def suspect(losses, classes):
    if math.inf in losses:
        return "not finite"
    if abs(losses[0] - math.log(classes)) > 0.5:
        return "start"
    if min(losses) > 0.9 * losses[0]:
        return "stuck"
    if min(losses) >= math.log(1 + (classes - 1) / math.e):
        return "softmax"
    return "not learned" if losses[-1] > 0.1 else "ok"
