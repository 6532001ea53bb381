"""The numbers are computed, and the letters are a list."""


def conclusions():
    conv = 32 * 32 * 5 * 5
    volume = 32 * 28 * 28
    return {"true_statements": ["b", "c", "e"], "dense_weights": volume * volume, "conv_weights": conv}
