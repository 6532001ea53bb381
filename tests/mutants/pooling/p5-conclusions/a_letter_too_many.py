"""A letter that is not there.

Feedback: there is no statement 'h'
"""


def conclusions():
    return {"true_statements": "acdfh"}
