"""The quantile itself, not 1.96.

Feedback: z is the quantile 1.95996
"""

import math


def wilson(correct, total):
    z = 1.959963984540054
    share = correct / total
    center = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return (center - half) / (1 + z * z / total), (center + half) / (1 + z * z / total)
