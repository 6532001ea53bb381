"""The share is 0 or 1.

Feedback: correct / total is divided without a remainder
"""

import math


def wilson(correct, total):
    z = 1.96
    share = correct // total
    center = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (center - half) / (1 + z * z / total), (center + half) / (1 + z * z / total)
