"""The square of the error."""


def paired(first, second, labels):
    right = [(scores.argmax(dim=1) == labels).double() for scores in (first, second)]
    d = right[0] - right[1]
    return d.mean().item(), d.var(unbiased=False).item() / len(d)
