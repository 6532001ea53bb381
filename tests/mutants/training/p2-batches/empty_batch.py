"""Where the batches divide the images, an empty one follows.

Feedback: Likely mistake: an empty batch stands at the end
"""


def make_batches(images, labels, batch_size, order):
    batches = []
    for i in range(len(order) // batch_size + 1):
        places = order[i * batch_size : (i + 1) * batch_size]
        batches.append((images[places], labels[places]))
    return batches
