"""A patch is transposed.

Feedback: numbers of a patch are in the order of columns
"""


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    N, C, H, W = x.shape
    x = x.reshape(N, C, H // size, size, W // size, size)
    return x.permute(0, 2, 4, 1, 5, 3).reshape(N, -1, C * size * size)
