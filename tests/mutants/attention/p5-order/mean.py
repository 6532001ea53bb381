"""The mean.

Feedback: the mean of the differences is taken
"""


def order_error(layer, x, order):
    """Return how much it matters whether tokens are reordered before or after a layer.

    layer : function of a Tensor of shape (N, L, D)
    x : Tensor, shape (N, L, D)
    order : int Tensor, shape (L,), a permutation
    returns : float
    """
    return (layer(x[:, order]) - layer(x)[:, order]).abs().mean().item()
