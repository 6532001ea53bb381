"""An image goes to the place that the order names.

Feedback: Likely mistake: an image's new place is taken for its old one
"""


def make_batches(images, labels, batch_size, order):
    return [(images[places], labels[places]) for places in order.argsort().split(batch_size)]
