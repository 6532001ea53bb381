"""Plus and minus 1.96 standard errors.

Feedback: it is the usual interval of plus and minus 1.96 standard errors
"""

import math


def wilson(correct, total):
    share = correct / total
    half = 1.96 * math.sqrt(share * (1 - share) / total)
    return share - half, share + half
