"""A smaller last batch is left out."""


def make_batches(images, labels, batch_size, order):
    batches = []
    for i in range(len(order) // batch_size):
        places = order[i * batch_size : (i + 1) * batch_size]
        batches.append((images[places], labels[places]))
    return batches
