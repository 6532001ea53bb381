"""conv2 is said to lack the stride.

Feedback: Statement a: which convolution has the stride in the formula?
"""


def faults():
    return {"true_statements": ("a", "d", "f", "g", "h")}
