"""What a submission may be: every limit and every allowed operator, and nothing else."""

from __future__ import annotations

__all__ = [
    "BUDGETS",
    "CLASSES",
    "CONSTANT_INPUTS",
    "IMAGE_SHAPE",
    "LARGEST_SHAPE_LIST",
    "MAX_BYTES",
    "OPERATORS",
    "SHAPE_ARITHMETIC",
    "SHAPE_INPUTS",
    "VIEWS",
]

BUDGETS = (10_000, 25_000, 50_000, 100_000, 200_000)  # parameters; a model is on every board that it fits
MAX_BYTES = 1_000_000  # of the file: 200,000 float32 and 200 kB for the graph
IMAGE_SHAPE, CLASSES = (3, 32, 32), 10

OPSETS = range(13, 24)  # since 13 axes are inputs; 23 is the last one that every supported onnxruntime runs
IR_VERSIONS = range(4, 12)
# The graph itself can say something: which constant goes where. These limits keep that far below a budget.
# A ResNet of 110 layers has 280 nodes with 550 inputs.
MAX_NODES, MAX_INPUTS, MAX_NODE_INPUTS = 750, 1_500, 64
MAX_PARTS = 20_000  # messages in the file: nodes, attributes, tensors, dimensions
LARGEST_SHAPE_LIST = 16  # whole numbers in one list; a Pad of 4 dimensions has 8
MAX_SHAPE_NUMBERS = 300  # in all different lists
LONGEST_TEXT = 32  # letters in an attribute such as mode="nearest"
# Elements for one image, of one tensor and of all: 64 maps of 64 × 64 are 2**18.
LARGEST_TENSOR, LARGEST_TOTAL = 2**20, 2**24

_LAYERS = """Conv ConvTranspose Gemm MatMul MaxPool AveragePool GlobalAveragePool GlobalMaxPool Dropout"""
_NORMALIZATIONS = """BatchNormalization InstanceNormalization GroupNormalization LayerNormalization
    RMSNormalization LRN"""
_ACTIVATIONS = """Relu LeakyRelu PRelu Elu Celu Selu Gelu HardSigmoid HardSwish Mish Sigmoid Softplus Softsign
    Swish Tanh Clip Softmax LogSoftmax"""
_ARITHMETIC = """Add Sub Mul Div Neg Abs Pow Sqrt Reciprocal Exp Log Erf Min Max Sum Mean Where Greater
    GreaterOrEqual Less LessOrEqual"""
_REDUCTIONS = "ReduceMean ReduceSum ReduceMax ReduceMin ReduceL2 ReduceSumSquare"
_ARRANGEMENT = """Reshape Flatten Transpose Squeeze Unsqueeze Concat Split Slice Gather Pad Resize Expand
    DepthToSpace SpaceToDepth Identity Shape Cast Constant"""
# What torch's exporters write for the usual layers. Not here, and so refused: random numbers, loops and
# branches, operators that make constants (Range, ConstantOfShape, EyeLike …), and those that take packed
# numbers apart (Floor, Round, Mod, BitShift, integer and quantized arithmetic).
OPERATORS = frozenset(
    " ".join((_LAYERS, _NORMALIZATIONS, _ACTIVATIONS, _ARITHMETIC, _REDUCTIONS, _ARRANGEMENT)).split()
)

# Inputs that must be weights as stored, or views of them; the others may be, or may depend on the images.
CONSTANT_INPUTS = {
    **dict.fromkeys(("Conv", "ConvTranspose", "Gemm", "PRelu"), (1, 2)),
    **dict.fromkeys(("InstanceNormalization", "GroupNormalization", "LayerNormalization"), (1, 2)),
    "RMSNormalization": (1,),
    "BatchNormalization": (1, 2, 3, 4),
}
# Inputs that say where and how large, not how much.
SHAPE_INPUTS = {
    **dict.fromkeys(("Reshape", "Squeeze", "Unsqueeze", "Split", "Expand", "Gather"), (1,)),
    **dict.fromkeys(_REDUCTIONS.split(), (1,)),
    "Slice": (1, 2, 3, 4),
    "Pad": (1, 3),
    "Resize": (2, 3),
}
# What may be done to weights before a layer takes them: the same numbers, under another shape.
VIEWS = frozenset(("Identity", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Expand"))
# What may be done to sizes, which never become part of the data.
SHAPE_ARITHMETIC = frozenset(
    ("Add", "Sub", "Mul", "Concat", "Gather", "Slice", "Squeeze", "Unsqueeze", "Identity")
)
