"""Both sides are the same.

Feedback: the layer is called twice in the same order
"""


def order_error(layer, x, order):
    """Return how much it matters whether tokens are reordered before or after a layer.

    layer : function of a Tensor of shape (N, L, D)
    x : Tensor, shape (N, L, D)
    order : int Tensor, shape (L,), a permutation
    returns : float
    """
    return (layer(x[:, order]) - layer(x[:, order])).abs().max().item()
