"""(N, C·k·k, L).

Feedback: one patch is one row of the result
"""


def patches(x, size):
    """Cut images into patches that lie side by side.

    x : Tensor, shape (N, C, H, W)
    size : int, divides H and W
    returns : Tensor, shape (N, L, C * size * size)
    """
    N, C, H, W = x.shape
    x = x.reshape(N, C, H // size, size, W // size, size)
    return x.permute(0, 2, 4, 1, 3, 5).reshape(N, -1, C * size * size).mT
