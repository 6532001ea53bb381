"""What PyTorch's layers become: files that are allowed, counted as expected, and compute the same."""

import os
import re
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlib.challenge import batch_problem, count_parameters, export, inspect, validate


def run(path, images: Tensor) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["scores"], {"images": images.numpy()})[0]


def scrambled(model: nn.Module) -> nn.Module:
    """Running statistics and affine parameters as after training, so that none equals another."""
    torch.manual_seed(0)
    for module in model.modules():
        for name in ("weight", "bias", "running_mean"):
            if isinstance(getattr(module, name, None), Tensor) and getattr(module, name).ndim == 1:
                nn.init.normal_(getattr(module, name))
        if isinstance(getattr(module, "running_var", None), Tensor):
            nn.init.uniform_(module.running_var, 0.5, 2)
    return model


class SqueezeExcitation(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.down, self.up = nn.Conv2d(channels, 4, 1), nn.Conv2d(4, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.up(F.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))


class Usual(nn.Module):
    """The layers and blocks that students use."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)
        )
        self.norm = nn.BatchNorm2d(16)  # before its convolution: cannot be folded into one
        self.depthwise = nn.Conv2d(16, 16, 3, padding=1, groups=16, bias=False)
        self.attention = SqueezeExcitation(16)
        self.group, self.layer = nn.GroupNorm(4, 16), nn.LayerNorm(16)
        self.slopes, self.dropout = nn.PReLU(16), nn.Dropout(0.3)
        self.hidden = nn.Sequential(nn.Linear(32, 20, bias=False), nn.BatchNorm1d(20), nn.ReLU6())
        self.linear = nn.Linear(20, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = x + self.depthwise(F.relu(self.norm(x)))
        x = self.attention(x)
        N, C, H, W = x.shape
        x = x.view(N, 4, C // 4, H, W).transpose(1, 2).reshape(N, C, H, W)  # channel shuffle
        x = self.layer(self.group(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        for activation in (F.hardswish, F.silu, F.gelu, F.elu, F.mish, F.softplus, F.leaky_relu, torch.tanh):
            x = activation(x)
        x = self.slopes(x)
        x = F.pad(F.avg_pool2d(x, 2), (0, 0, 0, 0, 4, 4)) + torch.cat([x[:, :, ::2, ::2]] * 2, 1)[:, :24]
        x = torch.cat([x, torch.zeros_like(x[:, :8])], 1)  # a shortcut padded with zeros
        x = F.interpolate(x, scale_factor=2, mode="nearest")
        a, b = self.dropout(x).chunk(2, dim=1)
        x = torch.cat([b, a], 1)
        # The exporter of torch 2.11, which Colab had in August 2026, does not know the adaptive one.
        adaptive = torch.__version__ >= "2.15"
        largest = F.adaptive_max_pool2d(x, 1) if adaptive else F.max_pool2d(x, x.shape[2:])
        return self.linear(self.hidden(x.mean((2, 3)) + largest.flatten(1)))


# Weights as PyTorch counts them, less what folding saves: the factors of the two batch norms after a layer.
# Numbers in the code come on top: 0 and 6 of ReLU6, 20 of softplus, the scales 1, 1, 2, 2, and the four ones
# and four zeros with which torch writes a group normalization of 4 groups.
USUAL = sum(p.numel() for p in Usual().parameters()) - 16 - 20


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    model = scrambled(Usual()).to(memory_format=torch.channels_last)
    model.train()
    model.layer.eval()
    path = export(model, tmp_path_factory.mktemp("usual") / "submission.onnx")
    return model, path


def test_usual_layers_are_allowed_and_compute_the_same(usual):
    model, path = usual
    assert inspect(path).problems == []
    images = torch.randn(7, 3, 32, 32)
    with torch.no_grad():
        expected = model.eval()(images)
    np.testing.assert_allclose(run(path, images), expected.numpy(), rtol=1e-3, atol=1e-4)
    assert batch_problem(path, images.numpy(), batch_size=4) is None


def test_weights_count_as_in_pytorch_and_folding_only_saves(usual):
    assert USUAL <= count_parameters(usual[1]) <= USUAL + 2 + 1 + 4 + 8


def test_the_file_has_the_agreed_names_a_free_batch_size_and_no_traces_of_this_machine(usual):
    model = onnx.load(usual[1])
    (images,), (scores,) = model.graph.input, model.graph.output
    assert (images.name, scores.name) == ("images", "scores")
    dims = images.type.tensor_type.shape.dim
    assert (dims[0].dim_param, [dim.dim_value for dim in dims[1:]]) == ("N", [3, 32, 32])
    content = usual[1].read_bytes()
    assert __file__.encode() not in content
    assert b"site-packages" not in content


class Simple(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            *(nn.Conv2d(3, 8, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(), nn.BatchNorm2d(8)),
            *(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10)),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)


# 216 weights and 8 summands of the folded convolution, 2 a channel of the lone batch norm, 90 of the last
SIMPLE = 216 + 8 + 2 * 8 + 90


def test_modes_weights_layout_and_gradients_stay_as_they_are(tmp_path):
    model = scrambled(Simple()).train().to(memory_format=torch.channels_last)
    model.layers[3].eval()
    model(torch.randn(4, 3, 32, 32)).sum().backward()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    gradient = model.layers[0].weight.grad.clone()
    export(model, tmp_path / "submission.onnx")
    assert [module.training for module in model.layers] == [True, True, True, False, True, True, True]
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert torch.equal(model.layers[0].weight.grad, gradient)
    assert model.layers[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert inspect(tmp_path / "submission.onnx").problems == []
    assert count_parameters(tmp_path / "submission.onnx") == SIMPLE


class LooksTwice(Simple):
    """The scores of an image and of its mirror image, added."""

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x) + self.layers(x.flip(3))


def test_a_layer_used_twice_is_stored_once(tmp_path):
    model = scrambled(LooksTwice()).eval()
    path = export(model, tmp_path / "submission.onnx")
    stored = [onnx.numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer]
    assert sum(values.size for values in stored if values.dtype == np.float32) == SIMPLE
    assert count_parameters(path) == SIMPLE
    images = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        np.testing.assert_allclose(run(path, images), model(images).numpy(), rtol=1e-3, atol=1e-4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(("fold", "more"), [(True, 2 * 8), (False, 5 * 8)])
def test_torchs_older_exporter_is_taken_too_and_never_costs_less(fold, more, tmp_path):
    """A batch norm as it is has 4 numbers a channel: two of its own and two running statistics."""
    path = tmp_path / "submission.onnx"
    torch.onnx.export(
        scrambled(Simple()).eval(),
        (torch.zeros(1, 3, 32, 32),),
        path,
        dynamo=False,
        dynamic_axes={"images": {0: "N"}, "scores": {0: "N"}},
        input_names=["images"],
        output_names=["scores"],
        do_constant_folding=fold,
    )
    found = inspect(path)
    assert found.problems == []
    assert found.parameters == SIMPLE + more


class Computed(nn.Module):
    """Standardized weights: what the layer uses is computed from what is learned."""

    def __init__(self):
        super().__init__()
        self.kernel = nn.Parameter(torch.randn(64, 64, 3, 3))
        self.first, self.last = nn.Conv2d(3, 64, 3, stride=4), nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        kernel = (self.kernel - self.kernel.mean((1, 2, 3), True)) / self.kernel.std((1, 2, 3), keepdim=True)
        return self.last(F.conv2d(self.first(x), kernel).mean((2, 3)))


def test_weights_computed_from_weights_are_stored_as_the_layer_uses_them(tmp_path):
    model = Computed()
    found = inspect(export(model, tmp_path / "submission.onnx"))
    assert found.problems == []
    assert found.parameters == sum(p.numel() for p in model.parameters())


class BuiltIn(Simple):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x).reshape(len(x), 10)


class Broken(Simple):
    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x[:, :2])


@pytest.mark.parametrize(
    ("model", "words"), [(BuiltIn, "has a batch size built in"), (Broken, "cannot be exported")]
)
def test_a_model_that_cannot_be_exported_gets_one_sentence(model, words, tmp_path):
    with pytest.raises(ValueError, match=f"{model.__name__} {words}") as raised:
        export(model(), tmp_path / "submission.onnx")
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "wrap",
    [
        torch.compile,
        nn.DataParallel,
        torch.optim.swa_utils.AveragedModel,
        lambda model: torch.compile(nn.DataParallel(model)),
        lambda model: nn.Sequential(torch.compile(model)),
        lambda model: nn.Sequential(nn.DataParallel(model)),
    ],
)
def test_of_a_wrapped_model_the_model_in_it_is_written(wrap, tmp_path):
    model = scrambled(Simple()).train()
    path = export(wrap(model), tmp_path / "submission.onnx")
    assert all(module.training for module in model.modules())
    assert inspect(path).problems == []
    assert count_parameters(path) == SIMPLE
    images = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        expected = model.eval()(images).numpy()
    np.testing.assert_allclose(run(path, images), expected, rtol=1e-3, atol=1e-4)


def test_a_model_compiled_in_place_and_one_with_any_number_of_inputs_are_written(tmp_path):
    model = scrambled(Simple())
    model.compile()
    assert count_parameters(export(model, tmp_path / "compiled.onnx")) == SIMPLE

    class Any(Simple):
        def forward(self, *inputs: Tensor) -> Tensor:
            return super().forward(inputs[0])

    assert count_parameters(export(scrambled(Any()), tmp_path / "any.onnx")) == SIMPLE


class TwoInputs(Simple):
    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return super().forward(x + y)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: nn.Sequential(nn.Flatten(), nn.LazyLinear(10)), "call it once first: model(torch.zeros"),
        (lambda: nn.Sequential(nn.LazyBatchNorm2d(affine=False), Simple()), "has lazy layers"),
        (lambda: torch.jit.trace(Simple(), torch.zeros(2, 3, 32, 32)), "give the model it was made from"),
        (TwoInputs, "TwoInputs.forward needs 2 inputs (x, y), but it must take one tensor"),
        (lambda: nn.ModuleList([Simple()]), "ModuleList has no forward method"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # torch.jit is deprecated
def test_what_cannot_run_on_images_gets_one_sentence_that_says_what_to_do(build, words, tmp_path):
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        export(build(), tmp_path / "submission.onnx")
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())


def using(function) -> nn.Module:
    """A network that applies a function to the maps of its convolution."""

    class Using(Simple):
        def __init__(self):
            super().__init__()
            self.conv, self.norm = nn.Conv2d(3, 3, 1), nn.BatchNorm2d(3)
            self.batch = nn.BatchNorm2d(3, track_running_stats=False)

        def forward(self, x: Tensor) -> Tensor:
            return super().forward(function(self, self.conv(x)))

    return Using()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda self, x: F.dropout(x, 0.5), "dropout"),
        (lambda self, x: torch.dropout(x, 0.5, True), "dropout"),
        (lambda self, x: nn.Dropout(0.5)(x), "dropout"),
        (lambda self, x: F.dropout2d(x, 0.5), "dropout2d"),
        (lambda self, x: F.alpha_dropout(x, 0.5, training=True), "alpha_dropout"),
    ],
)
def test_dropout_in_evaluation_mode_says_what_to_write_at_once_and_in_the_report(function, name, tmp_path):
    model, before = using(function), torch.get_rng_state()
    with pytest.warns(UserWarning, match=re.escape(f"F.{name}(x, p, training=self.training)")):
        path = export(model, tmp_path / "submission.onnx")
    assert torch.equal(torch.get_rng_state(), before)
    report = validate(path)
    assert not report.accepted
    assert "training=self.training" in report.problems[0]  # the board shows the first one
    assert "bool" not in str(report)


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (
            lambda self, x: F.batch_norm(x, self.norm.running_mean, self.norm.running_var, training=True),
            "F.batch_norm(…, training=self.training)",
        ),
        (lambda self, x: self.batch(x), "track_running_stats=True"),
        (lambda self, x: self.norm.train()(x), "normalizes over the batch in evaluation mode"),
        (
            lambda self, x: F.scaled_dot_product_attention(x, x, x, dropout_p=0.1),
            "dropout_p=p if self.training else 0.0",
        ),
    ],
)
def test_what_torch_would_write_as_something_else_is_refused_with_what_to_write(function, words, tmp_path):
    model = using(function)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(ValueError, match=re.escape(words)) as raised:
        export(model, tmp_path / "submission.onnx")
    assert "\n" not in str(raised.value)
    assert not list(tmp_path.iterdir())
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(module.training for module in model.modules())


@pytest.mark.parametrize(
    "function",
    [
        lambda self, x: F.dropout(x, 0.5, training=self.training),
        lambda self, x: F.dropout(x, 0.0),
        lambda self, x: F.batch_norm(
            x, self.norm.running_mean, self.norm.running_var, training=self.training
        ),
        lambda self, x: x + torch.randn_like(x) if self.training else x,
    ],
)
def test_what_evaluation_mode_switches_off_is_allowed(function, tmp_path):
    with warnings.catch_warnings(record=True) as caught:
        path = export(using(function), tmp_path / "submission.onnx")
    assert not [warning for warning in caught if warning.category is UserWarning]
    assert inspect(path).problems == []


def test_random_numbers_are_refused_with_what_to_write(tmp_path):
    path = export(using(lambda self, x: x * torch.rand(1)), tmp_path / "submission.onnx")
    assert "random numbers belong in training only" in inspect(path).problems[0]


# What onnxruntime's telemetry leaves: a thread, and files in the folder of the user's cache.
TELEMETRY = """
import os, sys
from pathlib import Path
import onnxruntime
print(len(os.listdir("/proc/self/task")), *Path(os.environ["HOME"]).rglob("*"))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks at threads in /proc")
@pytest.mark.parametrize(
    "first",
    [
        "import cnnlib",
        "from cnnlib import challenge; challenge.predict(sys.argv[1], np.zeros((1, 3, 32, 32), np.float32))",
        # As in an isolated process, which gets a new environment.
        "from cnnlib import challenge; del os.environ['ORT_DISABLE_TELEMETRY']; "
        "challenge.predict(sys.argv[1], np.zeros((1, 3, 32, 32), np.float32))",
        "from autograder.leaderboard import scorer; scorer.main(['{}'])",
    ],
)
def test_onnxruntimes_telemetry_is_off(first, usual, tmp_path):
    code = f"import os, sys; import numpy as np\n{first}\n{TELEMETRY}"
    variables = {n: v for n, v in os.environ.items() if n not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")}
    variables |= {f"{name}_NUM_THREADS": "1" for name in ("OMP", "MKL", "OPENBLAS")}
    variables |= {"HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    output = subprocess.run(
        [sys.executable, "-c", code, str(usual[1])],
        capture_output=True,
        text=True,
        env=variables,
        input="",
        check=True,
    ).stdout
    assert output.split() == ["1"]  # one thread, no file


def test_importing_cnnlib_imports_no_onnx():
    code = "import cnnlib, sys; sys.exit(any(name.startswith('onnx') for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
