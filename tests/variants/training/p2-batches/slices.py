"""A range of starts, and shuffled copies."""


def make_batches(images, labels, batch_size, order):
    batches = []
    for start in range(0, len(order), batch_size):
        places = order[start : start + batch_size].tolist()
        batches.append([images[places], labels[places]])
    return tuple(batches)
