"""Each layer together with the one before it."""


def official_count(layers):
    def own(layer, after):
        match layer:
            case ("conv", C, out, k, groups, bias):
                return out * k * k * C // groups + (out if bias or after[0] == "norm" else 0)
            case ("linear", features, out):
                return features * out + out
        return 0

    pairs = list(zip(layers, [*layers[1:], ("end",)], strict=True))
    before = [("start",), *layers]
    stay = [two for one, two in zip(before, layers, strict=False) if one[0] not in ("conv", "linear")]
    return sum(own(*pair) for pair in pairs) + sum(2 * layer[1] for layer in stay if layer[0] == "norm")
