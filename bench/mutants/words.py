"""What is exchanged for what: operators, tests, functions, layers and texts."""

import ast

OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
}

TESTS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

_PAIRS = [
    ("sum", "mean"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("reduce_sum", "reduce_mean"),
    ("reduce_max", "reduce_min"),
    ("zeros", "ones"),
    ("floor", "ceil"),
    ("any", "all"),
    ("vstack", "hstack"),
    ("square", "abs"),
    ("sqrt", "square"),
    ("log", "log2"),
    ("cumsum", "cumprod"),
    ("Add", "Concatenate"),
    ("Add", "Average"),
    ("MaxPooling2D", "AveragePooling2D"),
    ("GlobalAveragePooling2D", "GlobalMaxPooling2D"),
    ("Conv2D", "DepthwiseConv2D"),
    ("ReLU", "LeakyReLU"),
    ("BatchNormalization", "LayerNormalization"),
    ("Concatenate", "Add"),
]
EXCHANGED: dict[str, tuple[str, ...]] = {}
for _one, _two in _PAIRS:
    EXCHANGED[_one] = tuple(dict.fromkeys((*EXCHANGED.get(_one, ()), _two)))
    EXCHANGED[_two] = tuple(dict.fromkeys((*EXCHANGED.get(_two, ()), _one)))

TEXTS: dict[str, tuple[str, ...]] = {
    "same": ("valid",),
    "valid": ("same",),
    "relu": ("linear", "sigmoid"),
    "tanh": ("relu", "sigmoid"),
    "sigmoid": ("linear", "softmax"),
    "softmax": ("sigmoid", "linear"),
    "horizontal": ("vertical",),
    "max": ("average",),
    "average": ("max",),
    "he_normal": ("glorot_uniform",),
}

CREATES = {"zeros", "ones", "full", "slice", "len", "arange", "eye", "isinstance", "enumerate", "zip"}
"""Functions whose argument is no stand-in for what they give."""

COMMUTE = {"maximum", "minimum", "add", "multiply", "Add", "Average", "Multiply"}
"""What gives the same whichever argument comes first."""
