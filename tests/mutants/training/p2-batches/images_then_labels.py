"""All images, then all labels.

Feedback: images come first, then labels
"""


def make_batches(images, labels, batch_size, order):
    return [images[order].split(batch_size), labels[order].split(batch_size)]
