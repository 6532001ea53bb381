"""The images are shuffled in place.

Feedback: changed its argument in place
"""


def make_batches(images, labels, batch_size, order):
    images[: len(order)], labels[: len(order)] = images[order], labels[order]
    images, labels = images[: len(order)], labels[: len(order)]
    return list(zip(images.split(batch_size), labels.split(batch_size), strict=True))
