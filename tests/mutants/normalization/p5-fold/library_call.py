"""The library folds.

Feedback: the library's torch.nn.utils.fusion.fuse_conv_bn_weights is called
"""


def fold_batch_norm(conv_weight, conv_bias, running_mean, running_var, weight, bias, eps=1e-5):
    from torch.nn.utils.fusion import fuse_conv_bn_weights

    return fuse_conv_bn_weights(conv_weight, conv_bias, running_mean, running_var, eps, weight, bias)
