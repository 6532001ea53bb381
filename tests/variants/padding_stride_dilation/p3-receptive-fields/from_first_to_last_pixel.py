"""The pixels that unit 0 and unit 1 read are followed, layer by layer."""


def receptive_fields(layers):
    def pixels(unit, depth):
        """First and last pixel that a unit after `depth` layers sees."""
        first = last = unit
        for kernel_size, stride, padding, dilation in reversed(layers[:depth]):
            first = first * stride - padding
            last = last * stride - padding + dilation * (kernel_size - 1)
        return first, last

    triples = []
    for depth in range(1, len(layers) + 1):
        (first, last), (following, _) = pixels(0, depth), pixels(1, depth)
        triples.append([last - first + 1, following - first, first])
    return triples
