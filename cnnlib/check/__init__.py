"""Check a student's answer and say what is wrong in words.

Nothing here knows an answer: results come from tables of cases (`part`), or from a function that a test
names, usually PyTorch's own (`function`).
"""

from cnnlib.check.by_hand import answers
from cnnlib.check.forbidden import ForbiddenCall, forbid
from cnnlib.check.functions import function
from cnnlib.check.handing_in import hand_in
from cnnlib.check.modules import module
from cnnlib.check.old_notebooks import digest
from cnnlib.check.parts import part
from cnnlib.check.report import Report, WrongAnswer

__all__ = [
    "ForbiddenCall",
    "Report",
    "WrongAnswer",
    "answers",
    "digest",
    "forbid",
    "function",
    "hand_in",
    "module",
    "part",
]
