"""The usual sentence about vanishing gradients."""


def conclusions():
    return {"true_statements": ("b", "c", "f")}
