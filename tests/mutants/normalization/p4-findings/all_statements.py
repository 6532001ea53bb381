"""All statements are taken to be true.

Feedback: Does group norm use anything that training mode changes?
"""


def findings():
    return {
        "train_a": (-1, 1),
        "train_b": (-1, 1),
        "eval_a": (-3, -2),
        "eval_b": (2, 3),
        "batch_of_one": 5,
        "images_needed": 16,
        "true_statements": ("a", "b", "c", "d", "e", "f"),
    }
