"""The shortcut's fault is not found: it says nothing.

Feedback: Statement g: what does the name x stand for
"""


def faults():
    return {"true_statements": ("b", "d", "f", "h")}
