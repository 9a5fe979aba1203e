"""The loaded library: how it is found and called, and how values become what its functions take."""

import ctypes
import os
import pathlib
import weakref
from ctypes import byref, c_char_p, c_int64, c_void_p

from ._interface import (FUNCTIONS, INTERFACE_VERSION, BatchAxis, Dim, Inputs, InputValue, Shape,
                         Take)

try:
    import numpy
except ImportError:
    numpy = None

LIBRARY_NAMES = ("libhale-predict.so", "libhale-predict.so.0", "libhale-predict.dylib")


class HaleError(Exception):
    """What hale refused, and why."""


_library = None


def load(path=None):
    """Loads the library at this path, or looks for it; needed where it is not found by itself.

    Does nothing where the library is loaded already.
    """
    global _library
    if _library is not None:
        return
    tried = []
    for candidate in [os.fspath(path)] if path is not None else _candidates():
        try:
            library = ctypes.CDLL(candidate)
        except OSError as error:
            tried.append(str(error))
            continue
        _declare(library, candidate)
        _library = library
        return
    raise HaleError("the library hale-predict is not found; hale.load(path) names it: " +
                    "; ".join(tried))


def _candidates():
    here = pathlib.Path(__file__).resolve().parent
    prefix = here.parents[3] if len(here.parents) > 3 else here  # PREFIX/share/hale/python/hale
    folders = [here, here.parent, prefix / "lib", *sorted((prefix / "lib").glob("*-linux-gnu")),
               prefix / "lib64"]
    found = [str(folder / name) for folder in folders for name in LIBRARY_NAMES
             if (folder / name).exists()]
    return found + list(LIBRARY_NAMES)


def _declare(library, path):
    try:
        version_of_it = library.hale_interface_version()
        if version_of_it < INTERFACE_VERSION:
            raise HaleError(f"{path}: found the interface version {version_of_it}, expected "
                            f"{INTERFACE_VERSION} or later")
        for name, (returned, takes) in FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = returned
            function.argtypes = takes
    except AttributeError as error:
        raise HaleError(f"{path}: is not the library hale-predict: {error}") from None


def lib():
    """The library, which is loaded when it is first asked for."""
    if _library is None:
        load()
    return _library


def call(name, *arguments):
    """Calls a function that can fail; raises its message."""
    library = lib()
    error = c_void_p()
    result = getattr(library, name)(*arguments, byref(error))
    if error.value is None:
        return result
    raise HaleError(taken(library, error.value))


def taken(library, pointer):
    """The text at a pointer, which is then freed."""
    try:
        return text(ctypes.cast(pointer, c_char_p).value)
    finally:
        library.hale_text_free(pointer)


def text(raw):
    """Bytes of the library's as text; None stays None."""
    return None if raw is None else raw.decode("utf-8", "replace")


def _utf8(text):
    return text.encode("utf-8", "surrogateescape")


def encoded(text, what, encode=_utf8):
    """Text as C has it: a zero byte would end it early."""
    try:
        raw = text if isinstance(text, bytes) else encode(text)
    except (AttributeError, TypeError, UnicodeError) as error:
        raise HaleError(f"{what}: {error}") from None
    if b"\0" in raw:
        raise HaleError(f"{what}: found a zero byte, expected text without one")
    return raw


def integer(number, what, low, high):
    """A whole number from low to high; `what` begins the message if it is none."""
    try:
        found = number.__index__()
    except AttributeError:
        raise HaleError(f"{what}: found {number!r}, expected a whole number") from None
    if not low <= found <= high:
        raise HaleError(f"{what}: found {found}, expected {low} to {high}")
    return found


def checked_extents(shape, what):
    return [integer(each, what, -2**63, 2**63 - 1) for each in shape]


def int64_array(numbers):
    return (c_int64 * len(numbers))(*numbers)


def _is_then(branch, node):
    if branch not in ("then", "else"):
        raise HaleError(f"take '{node}': found {branch!r}, expected 'then' or 'else'")
    return branch == "then"


def _number(number, what):
    try:
        return float(number)
    except (TypeError, ValueError):
        raise HaleError(f"{what}: found {number!r}, expected a number") from None


def inputs_of(batch, shapes, dims, batch_axes, takes, values):
    """The structure hale_inputs; what it points to lives as long as it does."""
    shapes = {} if shapes is None else shapes
    if not isinstance(shapes, dict):
        shapes = {"": shapes}
    dims = {} if dims is None else dims
    made = [Shape(encoded(name, "shape"), len(extents), int64_array(extents))
            for name, extents in ((name, checked_extents(shape, f"shape of '{name}'"))
                                  for name, shape in shapes.items())]
    named = [Dim(encoded(name, "dim"), integer(extent, f"dim '{name}'", -2**63, 2**63 - 1))
             for name, extent in dims.items()]
    axes = [BatchAxis(encoded(name, "batch_axis"),
                      integer(axis, f"batch_axis '{name}'", 0, 2**63 - 1))
            for name, axis in (batch_axes or {}).items()]
    taken = [Take(encoded(node, "take"), _is_then(branch, node))
             for node, branch in (takes or {}).items()]
    held = [InputValue(encoded(name, "value"), _number(number, f"value '{name}'"))
            for name, number in (values or {}).items()]
    said = 0 if batch is None else integer(batch, "batch", 1, 2**63 - 1)
    return Inputs(ctypes.sizeof(Inputs), said, len(made), (Shape * len(made))(*made),
                  len(named), (Dim * len(named))(*named),
                  len(axes), (BatchAxis * len(axes))(*axes),
                  len(taken), (Take * len(taken))(*taken),
                  len(held), (InputValue * len(held))(*held))


def as_array(buffer, *shape):
    """A ctypes array as numpy's, or as lists, of one or two axes."""
    if numpy is not None:
        return numpy.array(buffer).reshape(shape)
    flat = list(buffer)
    if len(shape) == 1:
        return flat
    return [flat[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]


class Handle:
    """A handle, given back when nothing refers to it any more."""

    def _own(self, pointer, close):
        self._pointer = pointer
        weakref.finalize(self, getattr(lib(), close), pointer)


def version():
    """The library's release, "0.1.0"."""
    return text(lib().hale_version())


def devices():
    """The names of the devices that the library carries."""
    library = lib()
    return [text(library.hale_built_in_device_name(i))
            for i in range(library.hale_built_in_device_count())]
