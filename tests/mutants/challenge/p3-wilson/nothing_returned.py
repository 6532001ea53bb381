"""The ends are printed.

Feedback: did you forget `return`?
"""

import math


def wilson(correct, total):
    z = 1.96
    share = correct / total
    center = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    print((center - half) / (1 + z * z / total), (center + half) / (1 + z * z / total))
