"""Percents.

Feedback: the ends are percentages
"""

import math


def wilson(correct, total):
    z = 1.96
    share = correct / total
    center = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    share_of = 1 + z * z / total
    return 100 * (center - half) / share_of, 100 * (center + half) / share_of
