"""Makes forbidden functions impossible in a whole process, for good, before any student's code runs in it.

Every route to an operator of PyTorch (functions, layers, `torch.ops`, gradients, other threads) ends in its
dispatcher. There each kernel of a forbidden operator is replaced by one that raises. Functions written in
Python get other code. What would lead around both goes, too: TorchScript, which has kernels of its own, and
the files from which a function or another library could be loaded anew.

A later registration can only put another kernel in front, of which none computes. Nothing in Python refers to
what could take a kernel of ours away again. Code that is not Python's could still undo all this: what reaches
the process's memory (`ctypes`, an extension module) is not kept from it.
"""

import contextlib
import ctypes
import functools
import importlib
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NoReturn

import torch
import torch.nn.functional as F

from cnnlib.check.forbidden import ForbiddenCall, operators_part, sentence

KEYS = ("CPU", "AutogradCPU")  # an operator gets a kernel for these, and for each for which it has one
# Operators that PyTorch also has in Python, by way of simpler ones.
REWRITTEN = ("torch._decomp", "torch._prims", "torch._refs")
# How what runs TorchScript, makes a graph that could be run, or finds one of its operators starts.
SCRIPT_FUNCTIONS = (
    "_aoti", "_create_", "_fuse_", "_get_custom", "_get_operation", "_import_", "_jit_", "_load_", "_script_",
    "import_", "parse_",
)  # fmt: skip
SCRIPT_CLASSES = (
    "CompilationUnit", "GraphExecutorState", "Graph", "LiteScriptModule", "Node", "ScriptFunction",
    "ScriptMethod", "ScriptModule", "StaticModule",
)  # fmt: skip
# C functions below Python ones, by the name of the latter.
BELOW = {
    "numpy.convolve": ("numpy._core.multiarray.correlate", "numpy._core.multiarray.correlate2"),
    "numpy.correlate": ("numpy._core.multiarray.correlate", "numpy._core.multiarray.correlate2"),
    "torch.autograd.backward": ("torch.autograd.graph._engine_run_backward",),
    "torch.autograd.grad": ("torch.autograd.graph._engine_run_backward",),
}
# Packages that compute nothing that a test forbids.
HARMLESS = (
    "dateutil", "einops", "functorch", "pandas", "pytz", "six", "tabulate", "tqdm", "tzdata", "wcwidth",
)  # fmt: skip


def forbid_for_good(names: Iterable[str]) -> tuple[Path, ...]:
    """Let this process's calls of the named functions raise, and the functions below them.

    Parameters
    ----------
    names : iterable of str
        As for `cnnlib.check.forbid`.

    Returns
    -------
    tuple of Path
        What may still be read, for the sandbox: no other library, and no file from which a forbidden function
        could be loaded.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    functions: list[tuple[Any, str]] = []
    loaded_anew: list[Any] = []
    for path in dict.fromkeys(names):
        if "." in path:
            found = [look_up(place, path) for place in (path, *BELOW.get(path, ()))]
            functions += [(function, path) for function in found if function is not None]
            loaded_anew += found
            continue
        found = [getattr(module, path) for module in (F, torch) if callable(getattr(module, path, None))]
        if not found:
            raise ValueError(f"cannot forbid {path!r}: torch.nn.functional and torch have no such function.")
        functions += [(function, path) for function in found if isinstance(function, FunctionType)]
        if not replace_kernels(operators_part(path), path):
            loaded_anew += found
        functions += [(function, path) for function in rewritten(operators_part(path))]
    readable = narrowed(files_of(loaded_anew))
    seen: set[int] = set()
    for function, path in functions:
        spoil(function, partial(refuse, path), seen)
    without_torchscript()
    return readable


def refuse(path: str, /, *args: Any, **kwargs: Any) -> NoReturn:
    """Stand for a forbidden function."""
    raise ForbiddenCall(sentence(path))


def replace_kernels(part: str, path: str) -> int:
    """Replace all kernels of the operators with `part` in their name; return how many operators those are."""
    libraries: dict[str, Any] = {}
    count = 0
    for operator in torch._C._dispatch_get_all_op_names():
        namespace, _, name = operator.partition("::")
        if part not in name.partition(".")[0].replace("convert", ""):
            continue
        count += 1
        if namespace not in libraries:
            # Not `torch.library.Library`, whose objects deregister their kernels when they go.
            libraries[namespace] = torch._C._dispatch_library("IMPL", namespace, "")
        for key in torch._C.DispatchKey.__members__:
            if key in KEYS or has_kernel(operator, key):
                libraries[namespace].impl(name, key, partial(refuse, path))
    for library in libraries.values():
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(library))  # it stays, and nothing leads to it
    return count


def has_kernel(operator: str, key: str) -> bool:
    """Tell whether an operator has a kernel of its own for a dispatch key."""
    try:
        return torch._C._dispatch_has_kernel_for_dispatch_key(operator, key)
    except RuntimeError:  # some names are no keys that a kernel can have
        return False


def rewritten(part: str) -> list[FunctionType]:
    """Return PyTorch's Python functions that compute what the operators named so do."""
    return [
        value
        for name, module in list(sys.modules.items())
        if name.startswith(REWRITTEN)
        for value in vars(module).values()
        if isinstance(value, FunctionType) and part in value.__name__.replace("convert", "")
    ]


def look_up(path: str, forbidden: str) -> Any:
    """Return the function of a dotted path; None if its package is not loaded, and so cannot be."""
    module_name, _, name = path.rpartition(".")
    if module_name.partition(".")[0] not in sys.modules:
        return None
    try:
        module = importlib.import_module(module_name)
    except ImportError:
        module = None
    if callable(getattr(module, name, None)):
        return getattr(module, name)
    if path != forbidden:
        return None  # another release of the library has no such thing
    raise ValueError(f"cannot forbid {path!r}: {module_name} has no function {name!r}.")


def spoil(function: Any, refused: Callable[..., NoReturn], seen: set[int]) -> None:
    """Let a function raise whoever holds it, and those that it wraps."""
    if id(function) in seen:
        return
    seen.add(id(function))
    for attribute in ("__wrapped__", "_implementation", "func"):  # decorators, NumPy's dispatch, `partial`
        inner = getattr(function, attribute, None)
        if callable(inner):
            spoil(inner, refused, seen)
    if isinstance(function, FunctionType):
        for cell in function.__closure__ or ():
            try:
                inner = cell.cell_contents
            except ValueError:  # empty
                continue
            if isinstance(inner, FunctionType) and inner.__module__ == function.__module__:
                spoil(inner, refused, seen)
        function.__code__ = refusing_code(len(function.__code__.co_freevars))
        function.__defaults__, function.__kwdefaults__ = None, {"_refused": refused}
    elif isinstance(function, type):
        for method in list(vars(function).values()):
            if isinstance(method, FunctionType):
                spoil(method, refused, seen)
    elif isinstance(function, BuiltinFunctionType):
        replace_everywhere({id(function)}, refused)


@functools.cache
def refusing_code(free: int) -> CodeType:
    """Return code for a function with so many variables from outside; it calls its argument `_refused`."""
    names = [f"v{number}" for number in range(free)]
    inside: dict[str, Any] = {}
    exec(
        f"def outside({', '.join(names)}):\n"
        "    def refused(*args, _refused, **kwargs):\n"
        f"        _refused({', '.join(names)})\n"
        "    return refused",
        inside,
    )
    return inside["outside"](*names).__code__


def without_torchscript() -> None:
    """Take away what runs operators of TorchScript: some of its kernels are not the dispatcher's."""
    for operator in torch._C._dispatch_get_all_op_names():  # found now, or they could not be any more
        namespace, _, name = operator.partition("::")
        name, _, overload = name.partition(".")
        with contextlib.suppress(AttributeError, RuntimeError):
            getattr(getattr(getattr(torch.ops, namespace), name), overload or "default")
    gone = {
        id(value)
        for name, value in vars(torch._C).items()
        if name.startswith(SCRIPT_FUNCTIONS) and isinstance(value, BuiltinFunctionType)
    }
    replace_everywhere(gone, partial(refuse, "TorchScript"))
    for name in SCRIPT_CLASSES:
        kind = getattr(torch._C, name, None)
        for attribute, value in list(vars(kind).items()) if kind else ():
            if callable(value) and attribute not in ("__new__", "__doc__"):
                setattr(kind, attribute, partial(refuse, "TorchScript"))
    torch.jit.script = torch.jit.trace = as_it_is
    torch.jit.freeze = torch.jit.optimize_for_inference = as_it_is


def replace_everywhere(functions: set[int], refused: Callable[..., NoReturn]) -> None:
    """Replace functions, given by their `id`, in all modules."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType):
            for name, value in list(vars(module).items()):
                if id(value) in functions:
                    vars(module)[name] = refused


def as_it_is(function: Any = None, *args: Any, **kwargs: Any) -> Any:
    """Return a function as it is: for what makes functions faster. Without one, it is a decorator."""
    return as_it_is if function is None else function


def files_of(functions: Iterable[Any]) -> set[Path]:
    """Return the files that define functions written in Python, and what is compiled of them."""
    files: set[Path] = set()
    for function in functions:
        while not hasattr(function, "__code__"):
            function = getattr(function, "_implementation", None) or getattr(function, "__wrapped__", None)
            if function is None:
                break
        else:
            path = Path(function.__code__.co_filename)
            files |= {path, *path.parent.glob(f"__pycache__/{path.stem}.*")}
    return files


def narrowed(files: set[Path]) -> tuple[Path, ...]:
    """Return what a student's process may read, without some files and packages that are not loaded."""
    from autograder.isolation.sandbox import readable_paths

    # What lies in /proc/self is another process's after the next fork, if its link is followed here.
    paths = [path if "proc" in path.parts else Path(os.path.realpath(path)) for path in readable_paths()]
    torch_folder = Path(os.path.realpath(torch.__file__)).parent
    denied = {Path(os.path.realpath(path)) for path in files}
    denied |= {torch_folder / name.rpartition(".")[2] for name in REWRITTEN if name in sys.modules}
    wanted = {name.partition(".")[0] for name in sys.modules} | {*HARMLESS, "__pycache__"}
    for folder in package_folders(paths):
        denied |= {
            entry
            for entry in folder.iterdir()
            if entry.name.partition(".")[0] not in wanted and entry.suffix != ".libs"
        }
    around = {parent for path in denied for parent in path.parents}
    kept: dict[Path, None] = {}

    def visit(path: Path) -> None:
        if path in denied or path in kept:
            return
        if path not in around:
            kept[path] = None
            return
        for entry in sorted(path.iterdir()):
            visit(Path(os.path.realpath(entry)) if entry.is_symlink() else entry)

    for path in paths:
        visit(path)
    return tuple(kept)


def package_folders(paths: Iterable[Path]) -> set[Path]:
    """Return the folders of packages in and below these folders, this Python's and others'."""
    found = {path for path in paths if path.name.endswith("-packages")}
    for path in paths:
        found |= {*path.glob("*-packages"), *path.glob("python3*/*-packages")}
    return {Path(os.path.realpath(path)) for path in found if path.is_dir()}
