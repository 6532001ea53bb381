"""None is ticked."""


def conclusions():
    return {"true_statements": ()}
