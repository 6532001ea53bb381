"""Strips.

Feedback: cuts the image into strips
"""


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    return x.reshape(len(x), -1, x.shape[1] * size * size)
