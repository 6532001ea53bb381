"""What tests measure of an answer. None of this knows a right result: tables and hidden tests bring it.

The first argument is the answer, or a tuple of the answers if the test is given several. A measure either
returns a value, to be compared, or what is wrong as a list of sentences. Tests make inputs with `randn`.
"""

from cnnlib.check.given import randn
from cnnlib.check.measures.blocks import held, residual, wrapped, wrapped_gradient
from cnnlib.check.measures.calls import once, run_once, unchanged, unused
from cnnlib.check.measures.designs import (
    configuration,
    receptive_field,
    reconstructed,
    stages,
    submitted,
)
from cnnlib.check.measures.layer_shapes import absent, convolutions, layers, shapes, weights
from cnnlib.check.measures.outputs import alike, filled, filled_in_mode, filled_on, trained
from cnnlib.check.measures.results import (
    call,
    count,
    first,
    given_functions,
    gradients,
    others,
    refuses,
    responses,
    tensor,
)
from cnnlib.check.measures.sharing import apart, apart_in_lists
from cnnlib.check.measures.sizes import narrowest, parameters, stored
from cnnlib.check.measures.training import after, evaluated, looked_up, without_history

__all__ = [
    "absent",
    "after",
    "alike",
    "apart",
    "apart_in_lists",
    "call",
    "configuration",
    "convolutions",
    "count",
    "evaluated",
    "filled",
    "filled_in_mode",
    "filled_on",
    "first",
    "given_functions",
    "gradients",
    "held",
    "layers",
    "looked_up",
    "narrowest",
    "once",
    "others",
    "parameters",
    "randn",
    "receptive_field",
    "reconstructed",
    "refuses",
    "residual",
    "responses",
    "run_once",
    "shapes",
    "stages",
    "stored",
    "submitted",
    "tensor",
    "trained",
    "unchanged",
    "unused",
    "weights",
    "without_history",
    "wrapped",
    "wrapped_gradient",
]
