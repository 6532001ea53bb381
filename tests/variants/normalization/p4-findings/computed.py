"""The numbers are computed."""


def findings():
    def normalized(values, mean, std):
        return [int((value - mean) / std) for value in values]

    a, b = [2, 4], [12, 14]
    return {
        "train_a": normalized(a, 3, 1),
        "train_b": normalized(b, 13, 1),
        "eval_a": normalized(a, 8, 2),
        "eval_b": normalized(b, 8, 2),
        "batch_of_one": 3 * (7 - 7) + 5,
        "images_needed": (12 // 3) ** 2,
        "true_statements": ["a", "b", "d", "f"],
    }
