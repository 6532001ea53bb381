"""The order is ignored.

Feedback: Likely mistake: the order is ignored
"""


def make_batches(images, labels, batch_size, order):
    return [
        (images[start : start + batch_size], labels[start : start + batch_size])
        for start in range(0, len(order), batch_size)
    ]
