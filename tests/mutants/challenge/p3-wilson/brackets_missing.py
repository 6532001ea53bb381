"""z²/2n is written as z**2 / 2 * n: Python divides by 2, then multiplies by n.

Feedback: without the brackets it is multiplied by n
"""

import math


def wilson(correct, total):
    z = 1.96
    share = correct / total
    center = share + z**2 / 2 * total
    half = z * math.sqrt(share * (1 - share) / total + z**2 / (4 * total**2))
    return (center - half) / (1 + z**2 / total), (center + half) / (1 + z**2 / total)
