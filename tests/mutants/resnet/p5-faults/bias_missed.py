"""A missing bias is taken for a fault.

Feedback: Statement c: read the task's last point
"""


def faults():
    return {"true_statements": ("b", "c", "d", "f", "g", "h")}
