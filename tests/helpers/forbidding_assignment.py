"""An assignment whose tests forbid functions, and answers that call them all the same; and honest answers."""

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from tiny_assignment import code

NAME = "forbidding"
TESTS = '''\
"""What the tests of this assignment share."""

import torch
import torch.nn.functional as F

from cnnlib import check

CONVOLUTION = ("conv2d", "unfold", "numpy.convolve", "scipy.signal.correlate2d")
SIZES = ("cnnlib.conv_output_size", "cnnlib.arithmetic.conv_output_size")
FORBIDDEN = {
    "conv-visible": CONVOLUTION,
    "conv-hidden": CONVOLUTION,
    "size-visible": SIZES,
    "size-hidden": SIZES,
}


def hidden_conv(conv):
    """The same with other numbers."""
    report = check.function(conv, F.conv2d, cases, forbid=FORBIDDEN["conv-hidden"], seed=100, trials=4)
    assert report, report.message


def cases(generator, number):
    """Images and kernels."""
    x = torch.randn(1 + number % 2, 2, 5, 6, generator=generator)
    return (x, torch.randn(3, 2, 3, 2, generator=generator)), {}


def hidden_size(size):
    """The same with other numbers."""
    assert size(31, 4) == 28, "size(31, 4) is 28"


def hidden_double(double):
    """Three of four are worth three points of four."""
    right = [double(number) == 2 * number for number in (4711, 8151, 9342)]
    assert any(right), "double is wrong"
    return float(4 * sum(right) / 3)
'''
CONV = """\
def conv(x, weight):
    ### BEGIN SOLUTION
    patches = x.unfold(2, weight.shape[2], 1).unfold(3, weight.shape[3], 1)
    return torch.einsum("nchwij,ocij->nohw", patches, weight)
    ### END SOLUTION"""
CONV_VISIBLE = """\
def cases(generator, number):
    x = torch.randn(1, 2, 4, 4, generator=generator)
    return (x, torch.randn(2, 2, 3, 3, generator=generator)), {}


report = check.function(conv, F.conv2d, cases, forbid=["conv2d", "unfold"], trials=2)
assert report, report.message"""


def hidden(name: str) -> str:
    """The text of a hidden test's cell."""
    return (
        "# Hidden.\n### BEGIN HIDDEN TESTS\n"
        f"from solutions.{NAME}.tests import hidden_{name}\n\nhidden_{name}({name})\n### END HIDDEN TESTS"
    )


POINTS = {"conv-visible": 1, "conv-hidden": 2, "size-visible": 1, "size-hidden": 2, "double-hidden": 4}


def notebook():
    """The notebook with solutions and hidden tests."""
    size = "def size(n, k):\n    ### BEGIN SOLUTION\n    return n - k + 1\n    ### END SOLUTION"
    double = "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION"
    cells = [
        new_markdown_cell("# Forbidding", id="title"),
        code(
            "setup",
            "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\nimport cnnlib\n"
            "from cnnlib import check",
        ),
        code("conv", CONV, solution=True),
        code("conv-visible", CONV_VISIBLE, points=1),
        code("conv-hidden", hidden("conv"), points=2),
        code("size", size, solution=True),
        code("size-visible", 'assert size(8, 3) == 6, "size(8, 3) is 6"', points=1),
        code("size-hidden", hidden("size"), points=2),
        code("double", double, solution=True),
        code("double-hidden", hidden("double"), points=4),
        new_code_cell("", id="last"),
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write_source(folder: Path, *, forbid: bool = True) -> Path:
    """Write the assignment under `folder` and return `folder`; its tests may forbid nothing."""
    path = folder / NAME / f"{NAME}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    content, tests = notebook(), TESTS
    if not forbid:
        tests = TESTS.replace('forbid=FORBIDDEN["conv-hidden"], ', "").replace("FORBIDDEN = {", "ALLOWED = {")
        for cell in content.cells:
            cell.source = cell.source.replace('forbid=["conv2d", "unfold"], ', "")
    nbformat.write(content, path)
    path.with_name("tests.py").write_text(tests)
    return folder


RIGHT = {
    "conv": CONV,
    "size": "def size(n, k):\n    return n - (k - 1)",
    "double": "def double(x):\n    return x + x",
}


def of(lines: str, body: str = "") -> str:
    """An answer `conv` that does what `body` says, behind some lines."""
    return f"{lines}\n\n\ndef conv(x, weight):\n" + "".join(f"    {line}\n" for line in body.splitlines())


# Each gives the right result by a library's convolution, where that works.
CONVOLUTIONS = {
    "plain": of("", "return F.conv2d(x, weight)"),
    "layer": of(
        "",
        "layer = nn.Conv2d(2, len(weight), weight.shape[2:], bias=False)\n"
        "layer.weight.data = weight\nreturn layer(x)",
    ),
    "operator": of(
        "",
        "return torch.ops.aten.convolution(x, weight, None, [1, 1], [0, 0], [1, 1], False, [0, 0], 1)",
    ),
    "three_dimensions": of("", "return F.conv3d(x[:, :, None], weight[:, :, None])[:, :, 0]"),
    "transposed": of(
        "",
        "flipped = weight.flip(2, 3).transpose(0, 1)\n"
        "full = F.conv_transpose2d(x, flipped)\n"
        "a, b = weight.shape[2] - 1, weight.shape[3] - 1\n"
        "return full[:, :, a : full.shape[2] - a, b : full.shape[3] - b]",
    ),
    "unfolded": of(
        "",
        "n, h, w = len(x), x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1\n"
        "columns = nn.Unfold(weight.shape[2:])(x)\n"
        "return (weight.flatten(1) @ columns).reshape(n, len(weight), h, w)",
    ),
    "alias": "conv = torch.conv2d",
    "context": of("import contextvars", "return contextvars.Context().run(F.conv2d, x, weight)"),
    "thread": of(
        "from concurrent.futures import ThreadPoolExecutor",
        "return ThreadPoolExecutor(1).submit(F.conv2d, x, weight).result()",
    ),
    "formatted": of("", "return getattr(F, f\"c{'vno'[::-1]}{1 + 1}d\")(x, weight)"),
    "pattern": of("", "match F:\n    case object(conv2d=found):\n        return found(x, weight)"),
    "mocked": of(
        "import contextlib\nfrom unittest import mock",
        'with mock.patch("cnnlib.check.forbidden.forbid", lambda *names: contextlib.nullcontext()):\n'
        '    with mock.patch("torch.overrides.TorchFunctionMode.__enter__"):\n'
        "        return F.conv2d(x, weight)",
    ),
    "timed": of(
        "import timeit",
        'found = []\ntimeit.timeit("found.append(F.conv2d(x, weight))", number=1, '
        "globals={**globals(), **locals()})\nreturn found[0]",
    ),
    "written": of(
        "import sys\nfrom pathlib import Path\n"
        'Path("mine.py").write_text("from torch import conv2d")\nsys.path.insert(0, ".")\nimport mine',
        "return mine.conv2d(x, weight)",
    ),
    "torchvision": of(
        "import torchvision",
        "offset = torch.zeros(len(x), 2 * weight.shape[2] * weight.shape[3], "
        "x.shape[2] - weight.shape[2] + 1, x.shape[3] - weight.shape[3] + 1)\n"
        "return torchvision.ops.deform_conv2d(x, offset, weight)",
    ),
    "onnx": of(
        "import onnx, onnxruntime\nfrom onnx import helper",
        "node = helper.make_node('Conv', ['x', 'w'], ['y'])\n"
        "info = lambda name: helper.make_tensor_value_info(name, 1, [None] * 4)\n"
        "graph = helper.make_graph([node], 'g', [info('x'), info('w')], [info('y')])\n"
        "model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)\n"
        "session = onnxruntime.InferenceSession(model.SerializeToString())\n"
        "return torch.from_numpy(session.run(None, {'x': x.numpy(), 'w': weight.numpy()})[0])",
    ),
    "gradient": of(
        "",
        "y = torch.zeros(len(x), len(weight), x.shape[2] - weight.shape[2] + 1, "
        "x.shape[3] - weight.shape[3] + 1, requires_grad=True)\n"
        "g = torch.nn.grad.conv2d_input(x.shape, weight, y)\n"
        "return torch.autograd.grad(g, y, x)[0]",
    ),
    "vmap": of("", "return torch.vmap(lambda image: F.conv2d(image, weight))(x)"),
    "inference": of("", "with torch.inference_mode():\n    y = F.conv2d(x, weight)\nreturn y.clone()"),
    "compiled": of("", "return torch.compile(F.conv2d)(x, weight)"),
    "traced": of("", "return torch.jit.trace(F.conv2d, (x, weight))(x, weight)"),
    "scripted": of(
        "",
        "unit = torch.jit.CompilationUnit('def f(x, w):\\n    return torch.conv2d(x, w)\\n')\n"
        "return unit.f(x, weight)",
    ),
    "graph": of(
        'IR = """\ngraph(%x : Tensor, %w : Tensor):\n  %n : NoneType = prim::Constant()\n'
        "  %one : int = prim::Constant[value=1]()\n  %zero : int = prim::Constant[value=0]()\n"
        "  %s : int[] = prim::ListConstruct(%one, %one)\n  %p : int[] = prim::ListConstruct(%zero, %zero)\n"
        '  %y : Tensor = prim::mkldnn_convolution(%x, %w, %n, %s, %p, %s, %one)\n  return (%y)\n"""',
        "f = torch._C._create_function_from_graph('f', torch._C.parse_ir(IR))\nreturn f(x, weight)",
    ),
    "primitive": of(
        "", "return torch.ops.prim.mkldnn_convolution(x, weight, None, [1, 1], [0, 0], [1, 1], 1)"
    ),
    "primitive_overload": of(
        "",
        "found = torch._C._get_operation_overload('prim::mkldnn_convolution', '')[0]\n"
        "return found(x, weight, None, [1, 1], [0, 0], [1, 1], 1)",
    ),
    "primitive_found": of(
        "",
        "found = torch._C._jit_get_operation('prim::mkldnn_convolution')[0]\n"
        "return found(x, weight, None, [1, 1], [0, 0], [1, 1], 1)",
    ),
    "collected": of(
        "import gc, weakref\n"
        "for found in gc.get_objects():\n"
        "    if type(found).__name__ in ('Library', '_DispatchModule'):\n"
        "        getattr(found, '_destroy', lambda: None)()\n"
        "        getattr(getattr(found, 'm', found), 'reset', lambda: None)()\n"
        "for finalizer in list(weakref.finalize._registry):\n"
        "    if 'ibrary' in repr(finalizer.peek()):\n"
        "        finalizer()",
        "return F.conv2d(x, weight)",
    ),
    "new_kernels": of(
        "from torch.library import Library\n"
        "mine = Library('aten', 'IMPL')\n"
        "try:\n"
        "    mine.impl('conv2d', lambda *a: torch.ops.aten.convolution(*a[:2], None, [1, 1], [0, 0], [1, 1],"
        " False, [0, 0], 1), 'CompositeImplicitAutograd')\n"
        "except Exception as error:\n    print(error)\n"
        "Library.impl = lambda *args, **kwargs: None",
        "return F.conv2d(x, weight)",
    ),
    "redispatched": of(
        "",
        "keys = torch._C.DispatchKeySet(torch._C.DispatchKey.XLA)\n"
        "return torch.ops.aten.conv2d.default.redispatch(keys, x, weight)",
    ),
    "by_key": of(
        "",
        "kernel = torch.library.get_kernel('aten::_slow_conv2d_forward', 'CPU')\n"
        "keys = torch._C.DispatchKeySet(torch._C.DispatchKey.CPU)\n"
        "return kernel.call_boxed(keys, x, weight, weight.shape[2:], None, [1, 1], [0, 0])",
    ),
    "pointwise": of(
        "",
        "options = [0, 0], [1, 1], [1, 1], 1, 'none', [], ''\n"
        "return torch.ops.mkldnn._convolution_pointwise(x, weight, None, *options)",
    ),
    "reloaded": of(
        "import importlib",
        "layers = importlib.reload(importlib.import_module('torch.nn.modules.conv'))\n"
        "layer = layers.Conv2d(2, len(weight), weight.shape[2:], bias=False)\n"
        "layer.weight.data = weight\nreturn layer(x)",
    ),
    "unpatched": of(
        "import cnnlib.check.forbidden as forbidden\n"
        "forbidden.ForbiddenCall = forbidden.forbid = lambda *a: None\n"
        "forbidden._BLOCKS.set(())",
        "return F.conv2d(x, weight)",
    ),
    "code_put_back": of(
        "import gc\n"
        "for found in gc.get_objects():\n"
        "    if getattr(found, '__name__', '') in ('refuse', 'refused', 'hit'):\n"
        "        found.__code__ = (lambda *args, **kwargs: None).__code__",
        "return F.conv2d(x, weight)",
    ),
}
# Each gives the right result by a function of the course's package.
SIZES = {
    "size_plain": "def size(n, k):\n    return cnnlib.conv_output_size(n, k)",
    "size_kept": "kept = [cnnlib.conv_output_size]\n\n\ndef size(n, k):\n    return kept[0](n, k)",
    "size_partial": "import functools\n\nsize = functools.partial(cnnlib.conv_output_size, stride=1)",
    "size_code": (
        "import types\n\ncopy = types.FunctionType(\n    cnnlib.conv_output_size.__code__,"
        " vars(cnnlib.arithmetic.convolutions), 'f', (1, 0, 1)\n)\n\n\ndef size(n, k):\n    return copy(n, k)"
    ),
    "size_reloaded": (
        "import importlib\n\n\ndef size(n, k):\n"
        "    return importlib.reload(cnnlib.arithmetic.convolutions).conv_output_size(n, k)"
    ),
    "size_imported_anew": (
        "import sys\n\n\ndef size(n, k):\n"
        "    for name in [name for name in sys.modules if name.startswith('cnnlib')]:\n"
        "        del sys.modules[name]\n"
        "    import cnnlib\n    return cnnlib.conv_output_size(n, k)"
    ),
    "size_source": (
        "import inspect\n\n\ndef size(n, k):\n"
        "    names = dict(vars(cnnlib.arithmetic.convolutions))\n"
        "    exec(open(cnnlib.arithmetic.convolutions.__file__).read(), names)\n"
        "    return names['conv_output_size'](n, k)"
    ),
    "size_spec": (
        "import importlib.util\n\n\ndef size(n, k):\n"
        "    file = cnnlib.arithmetic.convolutions.__file__\n"
        "    spec = importlib.util.spec_from_file_location('copied', file)\n"
        "    module = importlib.util.module_from_spec(spec)\n    spec.loader.exec_module(module)\n"
        "    return module.conv_output_size(n, k)"
    ),
    "size_compiled": (
        "import importlib.machinery, importlib.util\n\n\ndef size(n, k):\n"
        "    path = importlib.util.cache_from_source(cnnlib.arithmetic.convolutions.__file__)\n"
        "    loader = importlib.machinery.SourcelessFileLoader('copied', path)\n"
        "    module = importlib.util.module_from_spec(importlib.util.spec_from_loader('copied', loader))\n"
        "    loader.exec_module(module)\n    return module.conv_output_size(n, k)"
    ),
}
# Each honest notebook has, in these cells, what real ones have, and earns everything.
HONEST = {
    "right": {},
    "compares": {
        "conv": "image, kernel = torch.ones(1, 1, 4, 4), torch.ones(1, 1, 2, 2)\n"
        "expected = F.conv2d(image, kernel)\nprint(expected.sum())\n"
        f"{CONV}\n\n\nassert torch.allclose(conv(image, kernel), expected)\n"
        "print(nn.Unfold(2)(image).shape, cnnlib.conv_output_size(8, 3))"
    },
    "magic": {
        "conv": "%matplotlib inline\n!nvidia-smi\n%pip install torch\n%load_ext autoreload\n%autoreload 2\n"
        f"F.pad?\n{CONV}"
    },
    "looks_inside": {
        "conv": "import gc, inspect, sys, threading, pickle, importlib, builtins\ngc.collect()\n"
        "print(inspect.signature(F.pad), nn.Linear(1, 1).__dict__.keys(), sys.modules['torch'], globals())\n"
        "torch.backends.cudnn.benchmark = True\ntorch.set_printoptions(precision=2)\n"
        "from torch.nn.modules.utils import _pair\n"
        f"{CONV}",
        "size": "layer = getattr(nn, f'Conv{2}d')(1, 1, 2)\nsetattr(layer, f'name{1}', 1)\n"
        "eval('1 + 1')\nexec('y = 2')\n"
        f"{RIGHT['size']}",
    },
    "compiles": {
        "conv": CONV.replace("def conv", "@torch.compile\ndef conv"),
        "size": RIGHT["size"].replace("def size", '@torch.compile(mode="reduce-overhead")\ndef size'),
        "double": "layer = nn.Linear(1, 1)\nlayer.compile()\ntorch.compile(layer)(torch.ones(1))\n\n\n"
        "def double(x):\n    return 2 * x",
    },
    "imports_another_library": {"conv": "import torchvision\nfrom torchvision import transforms\n" + CONV},
    "lists_files": {"conv": "files = !ls\nprint(len(files))\n!rm -rf nothing\n%pwd\n%time x = 1\n" + CONV},
    "numpy_numbers": {
        "size": "import numpy as np\n\n\ndef size(n, k):\n    return np.int64(n) - k + 1",
        "double": "import numpy as np\n\n\ndef double(x):\n    return np.float64(2 * x)",
    },
    "two_of_three": {"double": "def double(x):\n    return 2 * x if x < 9000 else 0"},
}
