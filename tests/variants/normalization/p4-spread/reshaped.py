"""One reshape instead of a loop."""


def spread_of_batch_means(x, batch_size):
    batches = len(x) // batch_size
    means = x[: batches * batch_size].reshape(batches, batch_size, *x.shape[1:]).mean(dim=(1, 3, 4))
    return ((means - means.mean(0)) ** 2).mean(0).sqrt()
