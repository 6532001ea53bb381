"""Patches in the order of columns.

Feedback: down first, then to the right
"""


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    N, C, H, W = x.shape
    x = x.reshape(N, C, H // size, size, W // size, size)
    return x.permute(0, 4, 2, 1, 3, 5).reshape(N, -1, C * size * size)
