"""What is stuck is not told from a softmax.

Feedback: Likely mistake: what is stuck is not told from a softmax
"""

import math


def suspect(losses, classes):
    if not all(math.isfinite(loss) for loss in losses):
        return "not finite"
    if abs(losses[0] - math.log(classes)) > 0.5:
        return "start"
    if min(losses) >= math.log(1 + (classes - 1) / math.e):
        return "softmax"
    return "not learned" if losses[-1] > 0.1 else "ok"
