"""The others are removed: the first image alone must give the same."""


def depends_on_batch(norm, x):
    alone = norm(x[:1].clone())
    together = norm(x)[:1]
    return bool((alone - together).abs().max() > 1e-6)
