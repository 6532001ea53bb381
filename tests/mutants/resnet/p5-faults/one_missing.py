"""The shortcut's fault is not found: it says nothing.

Feedback: These four are faults; one more is missing.
"""


def faults():
    return {"true_statements": ("b", "d", "f", "h")}
