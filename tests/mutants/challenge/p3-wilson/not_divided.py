"""The last division is forgotten.

Feedback: the division by 1 + z²/n is missing
"""

import math


def wilson(correct, total):
    z = 1.96
    share = correct / total
    center = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return center - half, center + half
