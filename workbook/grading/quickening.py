"""What TensorFlow and Keras do again and again, and a grading server needs once or not at all.

A submission is forked from a server in which nothing has been computed yet, so whatever the libraries find
out when they first compute, they find out in each fork anew; and most of the time that it takes to build a
network of fifty layers goes into bookkeeping. ``quicken`` changes four things in the server, before the first
fork. None changes what is computed. Each looks whether what it changes is there: where it is not, in another
version of a library, all works as ever and takes longer.
"""

import functools
import inspect
import sys
import types
import typing
from collections.abc import Callable
from typing import Any

_VALUES = frozenset({bool, int, float, str, type(None)})


def quicken() -> None:
    """Change all that is changed here. TensorFlow and Keras are imported, and have computed nothing."""
    let_operations_run_alone()
    remember_signatures()
    remember_protocols()
    set_values_directly()


def let_operations_run_alone() -> None:
    """TensorFlow makes a function of one operation around each operation, which takes it milliseconds when it
    first meets the operation. Here it runs them as they are, without that function."""
    from tensorflow.python.eager import context

    name = "TFE_ContextOptionsSetRunEagerOpAsFunction"
    if usual := getattr(context.pywrap_tfe, name, None):
        setattr(context.pywrap_tfe, name, lambda options, _: usual(options, False))


def remember_signatures() -> None:
    """Keras takes the signatures of ``call`` and ``build`` from each new layer: here once from each class."""
    from keras.src.layers import layer

    if getattr(layer, "inspect", None) is inspect:
        layer.inspect = _Inspect("inspect")


class _Inspect(types.ModuleType):
    """The module ``inspect`` with a memory for the signatures of methods."""

    def __getattr__(self, name: str) -> Any:
        return getattr(inspect, name)

    @staticmethod
    def signature(function: Callable, **options: Any) -> inspect.Signature:
        plain = type(function) is types.MethodType and type(function.__func__) is types.FunctionType
        if plain and not options and "__signature__" not in vars(function.__func__):
            return _signature(function.__func__, function)
        return inspect.signature(function, **options)


def _signature(function: types.FunctionType, method: types.MethodType) -> inspect.Signature:
    found = _signatures.get(function)
    if found is None or found[0] is not function.__code__:
        found = _signatures[function] = function.__code__, inspect.signature(method)
    return found[1]


_signatures: dict[types.FunctionType, tuple[types.CodeType, inspect.Signature]] = {}


def remember_protocols() -> None:
    """Python 3.11 lists the members of a protocol at each ``isinstance``; later ones once, as here."""
    if sys.version_info < (3, 12) and hasattr(typing, "_get_protocol_attrs"):
        typing._get_protocol_attrs = functools.cache(typing._get_protocol_attrs)


def set_values_directly() -> None:
    """Each attribute that a layer is given passes through what looks for layers, variables and containers to
    be tracked. Numbers, texts and None, which are none of these, here go to their place directly, in Keras's
    own layers alone, and where the class has no property of that name."""
    from keras import Layer

    usual = Layer.__setattr__

    @functools.wraps(usual)
    def set_attribute(self: Any, name: str, value: Any) -> None:
        kind = type(self)
        if (
            type(value) in _VALUES
            and kind.__module__.startswith("keras.src.layers.")
            and not hasattr(kind, name)
            and "_tracker" in self.__dict__
        ):
            object.__setattr__(self, name, value)
        else:
            usual(self, name, value)

    Layer.__setattr__ = set_attribute
