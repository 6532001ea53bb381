"""A student's code in another process, as tests see it: values, calls, errors, modules and gradients."""

import contextlib
import copy
import inspect
import os
import signal
import threading
import time

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn
from two_processes import student

from autograder.wire.frames import WireError
from autograder.wire.proxies import RemoteObject
from autograder.wire.remote import TimeLimit
from autograder.wire.tensors import memory_of
from cnnlib import check

STUDENT = '''
import collections
import random
import torch
import torch.nn.functional as F
from torch import nn

LIMIT = 3

def same(x):
    return x

def kind(x):
    return type(x).__module__ + "." + type(x).__name__

def add(a, b=1, *more, scale=2):
    """Add."""
    return (a + b) * scale

def conv2d(x, weight, bias=None):
    return F.conv2d(x, weight, bias)

def hiding(x, weight):
    try:
        return F.conv2d(x, weight)
    except Exception:
        return torch.zeros(1)

def doubled(x):
    x *= 2
    return x

def through_numpy(x):
    x.numpy()[0] = 7

def fill(items, table, chosen, array):
    items.append(4)
    table["new"] = items
    chosen.discard(1)
    array[0] = 9
    return (items, table)

def grow(x):
    x.resize_(3, 3).fill_(1)

def apply(function, *args, **options):
    return function(*args, **options)

def adder(n):
    def inner(x):
        return x + n
    return inner

def count(n):
    yield from range(n)

def noise():
    return torch.rand(3)

class Point:
    size = 2
    def __init__(self, x):
        self.x = x
    def __eq__(self, other):
        return True
    def __bool__(self):
        return True
    def __hash__(self):
        return 0
    def __repr__(self):
        return f"Point({self.x})"
    def moved(self, by):
        return Point(self.x + by)

class Point3(Point):
    def __len__(self):
        return 3
    def __getitem__(self, key):
        return self.x[key]

Pair = collections.namedtuple("Pair", "left right")

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = 4
        self.linear = nn.Linear(3, 4)
        self.scale = nn.Parameter(torch.ones(4))
        self.register_buffer("calls", torch.zeros(()))
        self.unused = nn.Linear(2, 2)

    def forward(self, x, power=1):
        self.calls += 1
        return (self.linear(x) * self.scale) ** power if self.training else self.linear(x)

    def weights(self):
        return self.scale.sum().item()

class MyLinear(nn.Linear):
    def forward(self, x):
        return super().forward(x) + 1

def small():
    return nn.Sequential(nn.Linear(3, 2), MyLinear(2, 2))

def context():
    return nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, padding=2, dilation=2))

def padded():
    return nn.Conv2d(1, 1, 3, padding="same")

def noted():
    layer = nn.Linear(1, 1)
    layer.notes, layer.limit = {"a": 1}, float("inf")
    return layer

def parts_of(model):
    first, norm, last = model
    kinds = [type(tensor).__name__ for tensor in (first.weight, norm.running_mean)]
    strides = first.weight.stride()
    return [first.weight is last.weight, first.bias.requires_grad, kinds, norm.running_mean, strides]

def lazy():
    return nn.Sequential(nn.LazyConv2d(8, 3, padding=1), nn.ReLU())

class Around(nn.Module):
    def __init__(self, module):
        super().__init__()
        self.module = module
    def forward(self, x):
        return self.module(x) + 1

def nested(items):
    new = [5]
    items.append(new)
    return {"new": [new], "items": items}, new

def wrapped(layer):
    return nn.Sequential(layer, nn.ReLU())

def initialize(layer):
    with torch.no_grad():
        layer.weight.fill_(0.5)

def detached(x, weight):
    return (x * weight).sum(), (x.detach() * 2), x.sum(0)
'''


@pytest.fixture(scope="module")
def session():
    with student(STUDENT) as session:
        yield session


def equal(a, b) -> bool:
    """The same type and the same content, NaN included, tensors with stride and gradient."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        form = (a.dtype, a.shape, a.stride(), a.requires_grad, a.device)
        same = form == (b.dtype, b.shape, b.stride(), b.requires_grad, b.device)
        return same and memory_of(a) == memory_of(b)
    if isinstance(a, np.ndarray | np.generic):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes("A") == b.tobytes("A")
    if isinstance(a, tuple | list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict):
        return equal(list(a.items()), list(b.items()))
    return repr(a) == repr(b)


VALUES = [
    *(None, True, False, 0, -3, 10**30, -(2**5000), 0.1, -0.0, float("nan"), float("-inf"), 1 + 2j),
    *("", "ü\0\ud800", b"\x00\xff", (), [], {}, set(), frozenset(), (1, (2, [3])), [[], [[]]]),
    *({"b": 1, "a": (2,)}, {1: 2, None: 3, (1, 2): 4, 1.5: 5}, {1, "a"}, frozenset({(1, 2)})),
    *(slice(1, None, 2), range(1, 9, 3), Ellipsis, torch.Size([2, 3]), torch.float16, torch.device("cpu")),
    *(np.arange(6.0).reshape(2, 3), np.asfortranarray(np.ones((2, 3), np.int8)), np.array([True, False])),
    *(np.array(["a", "bc"]), np.empty((0, 3)), np.float32(1.5), np.int64(3), np.bool_(True)),
    *(torch.tensor([True, False]), torch.tensor([1 + 2j]), torch.tensor(3), torch.empty(0, 3)),
    *(torch.ones(2, dtype=torch.bfloat16), torch.full((2,), torch.nan), torch.arange(3, dtype=torch.uint8)),
    *(
        torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1),
        torch.ones(2, 3, 4, 5).to(memory_format=torch.channels_last),
    ),
    *(torch.ones(2, requires_grad=True), nn.Parameter(torch.ones(2)), nn.Parameter(torch.ones(2), False)),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: f"{type(value).__name__}")
def test_a_value_comes_back_with_its_exact_type_from_a_new_object(session, value):
    returned = session.call("deepcopy", (value,))
    assert equal(returned, value), returned


def test_tensors_that_overlap_or_jump_arrive_with_their_values(session):
    base = torch.arange(10.0)
    for tensor in (base[::2], base[:3].expand(4, 3), base.as_strided((3, 4), (1, 2)), torch.ones(2, 2)[:, 1]):
        assert torch.equal(session.call("deepcopy", ([tensor],))[0], tensor)
    conjugate = torch.tensor([1 + 2j]).conj()
    assert torch.equal(session.call("deepcopy", ([conjugate],))[0], conjugate)


def test_what_the_student_gets_has_the_right_type_too(session):
    kind = session.look("kind")
    values = (3, True, (1,), torch.ones(1), nn.Parameter(torch.ones(1)), np.ones(2), np.float32(1), nn.ReLU())
    for value in values:
        assert kind(value) == f"{type(value).__module__}.{type(value).__name__}"


def test_gradients_that_are_there_travel(session):
    leaf = torch.ones(2, requires_grad=True)
    leaf.grad = torch.tensor([1.0, 2.0])
    assert session.call("getattr", (leaf, "grad")).tolist() == [1, 2]


def test_subclasses_of_built_in_types_keep_name_and_fields(session):
    pair = session.look("Pair")(1, torch.ones(2))
    assert isinstance(pair, tuple)
    assert type(pair).__name__ == "Pair"
    assert pair.left == 1
    largest = session.call("getattr", (torch.tensor([[1.0, 3.0]]), "max"))(1)
    assert isinstance(largest, tuple)
    assert largest[1].tolist() == [1]


def test_what_holds_itself_or_is_too_deep_is_refused_in_words(session):
    circle = [1]
    circle.append(circle)
    with pytest.raises(ValueError, match="holds itself"):
        session.look("same")(circle)
    deep = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than"):
        session.look("same")(deep)
    with student("def circle():\n    x = []\n    x.append(x)\n    return x") as other:
        with pytest.raises(ValueError, match="holds itself"):
            other.look("circle")()
        assert other.look("circle").__name__ == "circle", "the connection is still good"


def test_what_is_too_large_is_refused_in_words(session):
    with pytest.raises(ValueError, match="too much to pass on"):
        session.look("same")(torch.zeros(80 << 20, dtype=torch.uint8))
    with student("import torch\ndef big():\n    return torch.zeros(80 << 20, dtype=torch.uint8)") as other:
        with pytest.raises(ValueError, match="too much to pass on"):
            other.look("big")()
        assert other.look("big").__name__ == "big"


def test_names(session):
    assert session.look("LIMIT") == 3
    with pytest.raises(NameError, match="name 'nothing' is not defined"):
        session.look("nothing")


def test_a_function_shows_its_name_docstring_and_signature(session):
    add = session.look("add")
    assert (add.__name__, add.__doc__, add.__module__) == ("add", "Add.", "__main__")
    assert type(add).__name__ == "function"
    parameters = inspect.signature(add).parameters
    assert list(parameters) == ["a", "b", "more", "scale"]
    assert [p.default is p.empty for p in parameters.values()] == [True, False, True, False]
    assert add(1) == 4
    assert add(1, 2, scale=3) == 9


def test_arguments_may_have_any_name(session):
    assert session.look("apply")(lambda **options: options, function2=1, self=2, target=3) == {
        "function2": 1,
        "self": 2,
        "target": 3,
    }


def test_changes_in_place_are_seen_and_the_argument_itself_comes_back(session):
    x = torch.arange(3.0)
    returned = session.look("doubled")(x)
    assert returned is x
    assert x.tolist() == [0, 2, 4]
    session.look("through_numpy")(x)
    assert x.tolist() == [7, 2, 4]
    session.look("grow")(x)
    assert x.tolist() == [[1, 1, 1]] * 3
    items, table, chosen, array = [1], {"old": 1}, {1, 2}, np.zeros(2)
    result = session.look("fill")(items, table, chosen, array)
    assert (items, table, chosen, array.tolist()) == ([1, 4], {"old": 1, "new": [1, 4]}, {2}, [9, 0])
    assert result[0] is items
    assert result[1] is table
    assert table["new"] is items


def test_a_new_object_in_the_result_and_in_an_argument_is_one_object(session):
    items = [1]
    result, new = session.look("nested")(items)
    assert items[1] is new
    assert result["new"][0] is new
    assert result["items"] is items
    assert items == [1, [5]]


def test_one_object_given_twice_is_one_object_there(session):
    x = torch.zeros(2)
    assert session.look("apply")(lambda a, b: a is b, x, x)
    a, b = session.call("deepcopy", ((x, x),))
    assert a is b


def test_check_says_the_same_as_in_one_process(session):
    report = check.function(session.look("doubled"), lambda x: x * 2, [((torch.ones(2),), {})])
    assert report.message.startswith("doubled returned its argument, changed in place; return a new tensor.")


def test_an_error_keeps_type_words_and_line():
    source = """
class Odd(ValueError):
    pass
class Base(BaseException):
    pass
def fail(kind, *args):
    raise kind(*args)
def odd():
    raise Odd("strange")
def base():
    raise Base("strange")
def key():
    return {}["a"]
def unwritten():
    raise NotImplementedError
def leave():
    raise SystemExit(3)
def long():
    raise ValueError("x" * 10**6)
def hostile():
    class Error(Exception):
        def __str__(self):
            raise KeyError
    raise Error
def deep(n):
    return deep(n + 1)
"""
    namespace = {}
    exec(source, namespace)
    with student(source) as session:
        for kind, *args in [(ValueError, "no"), (KeyError, "k"), (ZeroDivisionError,), (AssertionError, "a")]:
            with pytest.raises(kind) as caught:
                session.look("fail")(kind, *args)
            assert type(caught.value) is kind
            assert str(caught.value) == str(kind(*args))
        with pytest.raises(ValueError, match="strange") as caught:
            session.look("odd")()
        assert type(caught.value).__name__ == "Odd"
        with pytest.raises(RuntimeError, match="strange"):
            session.look("base")()
        with pytest.raises(SystemExit):
            session.look("leave")()
        with pytest.raises(ValueError, match=r"^x{4096}$"):
            session.look("long")()
        with pytest.raises(Exception, match="cannot be shown"):
            session.look("hostile")()
        with pytest.raises(RecursionError):
            session.look("deep")(0)
        report = check.function(session.look("key"), lambda: 1, [((), {})])
        assert "key raised KeyError ('a'), at line 13: `return {}[\"a\"]`." in report.message
        report = check.function(session.look("unwritten"), lambda: 1, [((), {})])
        assert report.message == "unwritten is not written yet (it raised NotImplementedError)."
        report = check.function(session.look("odd"), lambda x: 1, [((1,), {})])
        in_process = check.function(namespace["odd"], lambda x: 1, [((1,), {})])
        assert report.message == in_process.message


def test_a_call_that_is_stopped_is_a_time_limit_and_the_next_call_works():
    with student("def endless():\n    while True: pass\ndef fine():\n    return 1") as session:
        fine = session.look("fine")
        os.kill(session.pid, signal.SIGINT)
        assert fine() == 1, "between calls it is ignored"
        timer = threading.Timer(0.3, os.kill, (session.pid, signal.SIGINT))
        timer.start()
        with pytest.raises(TimeLimit, match="time limit"):
            session.look("endless")()
        assert fine() == 1


def test_a_stop_during_a_callback_waits_for_its_end():
    source = "def calling(f):\n    while True: f()\ndef fine():\n    return 1"
    with student(source) as session:
        calls = []

        def callback():
            calls.append(1)
            if len(calls) == 5:
                os.kill(session.pid, signal.SIGINT)
                time.sleep(0.05)

        with pytest.raises(TimeLimit):
            session.look("calling")(callback)
        assert len(calls) == 5
        assert session.look("fine")() == 1


@pytest.mark.parametrize("answer", ["conv2d", "hiding"])
@pytest.mark.parametrize("direct", [False, True])
def test_what_is_forbidden_here_is_forbidden_there(session, answer, direct):
    x, weight = torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2)
    fn = session.look(answer)
    assert fn(x, weight).shape == (1, 1, 2, 2)
    if direct:
        with (
            pytest.raises(check.ForbiddenCall, match="the library's conv2d is called"),
            check.forbid("conv2d"),
        ):
            fn(x, weight)
    else:
        report = check.function(fn, F.conv2d, [((x, weight), {})], forbid=["conv2d"])
        assert report.message.startswith(
            f"In {answer}, the library's conv2d is called, but this exercise asks"
        )
    assert fn(x, weight).shape == (1, 1, 2, 2)


def test_a_forbidden_call_that_the_test_hides_is_still_found(session):
    def hidden():
        with check.forbid("conv2d"), contextlib.suppress(RuntimeError):
            session.look("conv2d")(torch.ones(1, 1, 3, 3), torch.ones(1, 1, 2, 2))

    with pytest.raises(check.ForbiddenCall):
        hidden()


def test_passing_tensors_on_is_no_forbidden_call(session):
    names = ("clone", "empty", "empty_strided", "detach", "as_strided", "view_copy", "ne")
    x = torch.ones(2, 3).T.bool()
    with check.forbid(*names):
        assert session.look("same")(x) is x
        a, _ = session.look("same")((x, [x])), session.look("adder")(x)
    assert a[0] is x


def test_functions_go_both_ways(session):
    apply = session.look("apply")
    assert apply(lambda x, y=0: x + y, 3, y=4) == 7
    assert torch.equal(apply(F.relu, torch.tensor([-1.0, 2.0])), torch.tensor([0.0, 2.0]))
    assert apply(nn.Linear(3, 2), torch.ones(1, 3)).shape == (1, 2)
    own = lambda: None  # noqa: E731
    assert session.look("same")(own) is own
    assert session.look("same")([own])[0] is own
    same = session.look("same")
    assert apply(apply, apply, same, 5) == 5
    assert apply(lambda f: f is same, same)

    class Twice(nn.Module):
        def forward(self, x):
            return 2 * x

    assert apply(Twice(), torch.ones(1)).item() == 2
    module = Twice()
    assert session.look("wrapped")(module)[0] is module
    with pytest.raises(ZeroDivisionError) as caught:
        apply(lambda: 1 / 0)
    assert caught.traceback[-1].name == "<lambda>", "it is the test's own error that comes back"


def test_closures_and_generators(session):
    inner = session.look("adder")(torch.ones(2))
    assert inner.__name__ == "inner"
    assert inner(1).tolist() == [2, 2]
    numbers = session.look("count")(4)
    assert type(numbers).__name__ == "generator"
    assert next(numbers) == 0
    assert list(numbers) == [1, 2, 3]
    assert list(zip(session.look("count")(2), "ab", strict=True)) == [(0, "a"), (1, "b")]


def test_objects_have_no_say_in_a_test(session):
    point = session.look("Point")(2)
    assert isinstance(point, RemoteObject)
    assert (type(point).__name__, repr(point), point.x) == ("Point", "Point(2)", 2)
    assert point.moved(3).x == 5
    point.x = 7
    assert point.moved(1).x == 8
    with pytest.raises(TypeError, match="has no truth value"):
        bool(point)
    for compare in ("__eq__", "__ne__", "__lt__"):
        with pytest.raises(TypeError, match="cannot be compared"):
            getattr(point, compare)(2)
    assert point == point
    assert hash(point) != 0
    assert not callable(point)
    assert session.look("same")(point) is point
    other = copy.deepcopy(point)
    other.x = 1
    assert point.x == 7


def test_classes(session):
    Point, Point3 = session.look("Point"), session.look("Point3")
    assert isinstance(Point, type)
    assert Point.__name__ == "Point"
    assert Point.size == 2
    assert Point is session.look("Point")
    point = Point3([4, 5, 6])
    assert isinstance(point, Point3)
    assert isinstance(point, Point)
    assert not isinstance(Point(1), Point3)
    assert len(point) == 3
    assert point[1] == 5
    report = check.module(session.look("Net"), input_shape=(1, 3), output_shape=(1, 4))
    assert report.message == "expected an nn.Module, got a type; create one with Net(…)."


def test_random_numbers_are_those_of_the_test(session):
    torch.manual_seed(5)
    expected = torch.rand(3)
    for _ in range(2):
        torch.manual_seed(6)
        torch.manual_seed(5)
        torch.rand(0)
        found = session.look("noise")()
        assert torch.equal(found, expected)
        torch.rand(1)


def test_a_handler_is_called_by_name():
    with student("x = 1", run=lambda cell: f"ran {cell}") as session:
        assert session.call("run", ("p1",)) == "ran p1"


def test_objects_that_nobody_needs_are_let_go():
    source = """
import gc, weakref
alive = weakref.WeakSet()
class Thing:
    def __init__(self):
        alive.add(self)
def living():
    gc.collect()
    return len(alive)
"""
    with student(source) as session:
        Thing, living = session.look("Thing"), session.look("living")
        kept = [Thing() for _ in range(5)]
        assert living() == 5
        del kept[1:]
        living()
        assert living() == 1
        assert kept[0] == kept[0]


def test_gradients_through_a_function(session):
    x, weight = torch.arange(6.0).reshape(2, 3).requires_grad_(), torch.ones(3, requires_grad=True)
    total, plain, summed = session.look("detached")(x, weight)
    assert (total.requires_grad, plain.requires_grad, summed.requires_grad) == (True, False, True)
    (3 * total + summed[0]).backward()
    assert x.grad.tolist() == [[4, 3, 3], [4, 3, 3]]
    assert weight.grad.tolist() == [9, 15, 21]
    with torch.no_grad():
        assert not session.look("detached")(x, weight)[0].requires_grad
    hidden = 2 * x
    (gradient,) = torch.autograd.grad(session.look("detached")(hidden, weight)[0], x)
    assert gradient.tolist() == [[2, 2, 2]] * 2


def test_a_module_of_the_student_keeps_its_state_here_and_runs_there(session):
    net = session.look("Net")()
    assert type(net).__name__ == "Net"
    assert isinstance(net, nn.Module)
    assert isinstance(net, session.look("Net"))
    assert type(net.linear) is nn.Linear
    assert sorted(name for name, _ in net.named_parameters()) == [
        *("linear.bias", "linear.weight", "scale", "unused.bias", "unused.weight"),
    ]
    x = torch.randn(5, 3)
    expected = net.linear(x)
    assert torch.allclose(net(x), expected)
    assert net.calls.item() == 1
    with torch.no_grad():
        net.scale.fill_(2)
        net.linear.weight.copy_(torch.ones(4, 3))
        net.linear.bias.data = torch.zeros(4)
    assert torch.allclose(net(x, power=2), (2 * x.sum(1, keepdim=True)).square().expand(5, 4))
    assert torch.allclose(net.eval()(x), x.sum(1, keepdim=True).expand(5, 4))
    assert net.weights() == 8
    assert net.hidden == 4
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        net.nothing  # noqa: B018
    twin = copy.deepcopy(net).double()
    assert twin(x.double()).dtype == torch.float64
    assert net(x).dtype == torch.float32
    state = {name: torch.zeros_like(value) for name, value in net.state_dict().items()}
    net.load_state_dict(state)
    assert net(x).count_nonzero() == 0
    assert session.look("same")(net) is net


def test_gradients_of_a_whole_module(session):
    net, x = session.look("Net")(), torch.randn(5, 3, requires_grad=True)
    local = copy.deepcopy(net.linear)
    scale = net.scale.detach().clone().requires_grad_()
    net(x).square().sum().backward()
    expected = torch.autograd.grad((local(x) * scale).square().sum(), [x, local.weight, local.bias, scale])
    found = [x.grad, net.linear.weight.grad, net.linear.bias.grad, net.scale.grad]
    for gradient, wanted in zip(found, expected, strict=True):
        assert torch.allclose(gradient, wanted)
    assert net.unused.weight.grad is None
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    before = net(x).square().sum().item()
    optimizer.step()
    assert net(x).square().sum().item() < before


def test_a_class_that_extends_a_layer_is_one(session):
    model = session.look("small")()
    assert type(model) is nn.Sequential
    own = model[1]
    assert isinstance(own, nn.Linear)
    assert type(own).__name__ == "MyLinear"
    with torch.no_grad():
        own.weight.zero_()
        own.bias.zero_()
    assert torch.equal(model(torch.ones(1, 3)), torch.ones(1, 2))


def test_a_layer_has_all_its_attributes_and_shares_none(session):
    def attributes(layer):
        return {
            name: value for name, value in vars(layer).items() if name not in {*vars(nn.Module()), "_node"}
        }

    models = session.look("context")(), session.look("context")()
    for layer, twin in zip(*models, strict=True):
        made = nn.ReLU() if type(layer) is nn.ReLU else nn.Conv2d(
            layer.in_channels, layer.out_channels, 3, padding=layer.padding, dilation=layer.dilation
        )  # fmt: skip
        assert attributes(layer) == attributes(twin) == attributes(made)
    first, second = (session.look("padded")()._reversed_padding_repeated_twice for _ in range(2))
    assert first == second == [1, 1, 1, 1]
    assert first is not second


def test_a_layer_that_holds_more_than_numbers_and_words_runs_with_the_student(session):
    layer = session.look("noted")()
    assert isinstance(layer, nn.Linear)
    assert type(layer) is not nn.Linear
    assert layer.limit == float("inf")
    with torch.no_grad():
        layer.weight.fill_(3)
        layer.bias.zero_()
    assert layer(torch.ones(1, 1)).item() == 3


def test_a_receptive_field_by_spreading_nan(session):
    model = session.look("context")()
    assert {type(layer) for layer in model} == {nn.Conv2d, nn.ReLU}
    image = torch.zeros(1, 3, 21, 21, dtype=torch.float64)
    image[:, :, 10, 10] = torch.nan
    with torch.no_grad():
        maps = copy.deepcopy(model).double().eval()(image)
    assert maps[0].isnan().any(0).sum() == 7 * 7
    report = check.module(model, input_shape=(2, 3, 8, 9), output_shape=(2, 8, 8, 9), max_parameters=900)
    assert report.passed, report.message


def test_a_lazy_layer_becomes_what_it_is_when_it_runs(session):
    model = session.look("lazy")()
    report = check.module(model, input_shape=(2, 3, 8, 9), output_shape=(2, 8, 8, 9), max_parameters=224)
    assert report.passed, report.message
    assert [type(layer) for layer in model] == [nn.Conv2d, nn.ReLU]
    with torch.no_grad():
        model[0].weight.zero_()
        model[0].bias.fill_(3)
    assert model(torch.ones(1, 3, 4, 4)).unique().tolist() == [3]


def test_modules_of_the_test(session):
    layer = nn.Linear(3, 2)
    session.look("initialize")(layer)
    assert layer.weight.detach().unique().tolist() == [0.5], "what was changed in place comes back"
    assert session.look("wrapped")(layer)[0] is layer
    x = torch.ones(1, 3)
    session.look("apply")(layer, x).sum().backward()
    assert layer.weight.grad.tolist() == [[1, 1, 1]] * 2


def test_the_tensors_of_a_module_of_the_test_arrive_as_they_are(session):
    model = nn.Sequential(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.Linear(3, 3))
    model[0].weight = model[2].weight = nn.Parameter(torch.arange(9.0).view(3, 3).t())
    model[0].bias.requires_grad_(False)
    model[1].running_mean.fill_(7)
    tied, trains, kinds, mean, strides = session.look("parts_of")(model)
    assert (tied, trains, kinds, strides) == (True, False, ["Parameter", "Tensor"], (1, 3))
    assert mean.tolist() == [7, 7, 7]


def test_a_module_of_the_test_inside_one_of_the_student_runs_where_the_test_is(session):
    class Scale(nn.Module):
        def __init__(self):
            super().__init__()
            self.factor, self.calls = nn.Parameter(torch.full((), 2.0)), 0

        def forward(self, x):
            self.calls += 1
            return self.factor * x

    Around, scale = session.look("Around"), Scale()
    twice = Around(Around(scale))
    assert [id(parameter) for parameter in twice.parameters()] == [id(scale.factor)]
    with torch.no_grad():
        assert twice(torch.ones(3)).tolist() == [4, 4, 4]
        scale.factor.fill_(5)
        assert twice.eval()(torch.ones(3)).tolist() == [7, 7, 7]
    assert scale.calls == 2
    twice.module = Scale()
    with pytest.raises(TypeError, match="was replaced or has a hook"):
        twice(torch.ones(3))


def test_a_layer_given_to_a_module_of_the_student_is_refused_in_words(session):
    with pytest.raises(TypeError, match="was replaced or has a hook"):
        session.look("Around")(nn.Linear(3, 3))(torch.ones(1, 3))


def test_a_hook_that_could_not_run_is_refused_in_words(session):
    net = session.look("Net")()
    net.linear.register_forward_hook(lambda *_: None)
    with pytest.raises(TypeError, match="was replaced or has a hook"):
        net(torch.ones(1, 3))


def test_a_student_that_is_gone_is_an_error_not_a_wait():
    with student("import os\ndef leave():\n    os._exit(3)") as session:
        with pytest.raises(WireError, match="closed the connection"):
            session.look("leave")()
        with pytest.raises(WireError):
            session.look("leave")


def test_a_default_dtype_of_the_notebook_holds_in_tests_of_it():
    source = (
        "import torch\n\ndef change(name):\n    torch.set_default_dtype(getattr(torch, name))\n    return 1"
    )
    try:
        with student(source) as session:
            for name in ("float64", "float32", "float64"):
                session.look("change")(name)
                assert torch.get_default_dtype() is getattr(torch, name)
            session.look("change")("float16")
            assert torch.get_default_dtype() is torch.float64, "no other one is a notebook's"
    finally:
        torch.set_default_dtype(torch.float32)


def test_where_an_error_comes_from_is_told_by_the_submissions_own_text():
    source = (
        "import linecache\nclass Mine(KeyError):\n    pass\n\ndef fail(x):\n"
        "    linecache.cache['<cell answer>'] = (1, None, [f'{x}'] * 9, '<cell answer>')\n"
        "    raise Mine(x)\n\ndef elsewhere(x):\n"
        "    exec(compile('raise ValueError', f'<cell {x}>', 'exec'))"
    )
    with student(source) as session:
        for name, line, kind in (("fail", 7, "KeyError"), ("elsewhere", 10, "ValueError")):
            with pytest.raises((KeyError, ValueError)):
                session.look(name)("secret")
            problem = session.problems[-1]
            assert problem.type == kind
            text = source.splitlines()[line - 1].strip()
            found = {"cell": "answer", "line": line, "text": text}
            assert problem.place in (found, {"cell": None, "line": None, "text": None})
        assert session.problems[0].place["text"] == "raise Mine(x)"
