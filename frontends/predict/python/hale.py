"""How long a neural network takes on a device, from Python.

    import hale
    answer = hale.Device("gold_6226").answer(hale.Model("resnet50.onnx", batch=1))
    print(answer.median_ms, answer.verdict)

One file over the library hale-predict (see hale.h), with the standard library alone; arrays are
numpy's where numpy can be imported, else lists. The library is looked for beside this file, where
it was installed together with it, and where the system looks; load(path) names it. Whatever hale
refuses raises HaleError with the message. Devices, models and answers never change and may be
shared by threads; a Graph may be used by one thread at a time.
"""

import ctypes
import os
import pathlib
import weakref
from ctypes import POINTER, byref, c_char_p, c_double, c_float, c_int, c_int32, c_int64, c_size_t
from ctypes import c_uint32, c_uint64, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, NamedTuple, Tuple

try:
    import numpy
except ImportError:
    numpy = None

__all__ = ["Answer", "Device", "Graph", "HaleError", "Kernel", "Model", "Scores", "Table", "Value",
           "devices", "load", "score", "table", "version"]

INTERFACE_VERSION = 1  # of hale.h
LIBRARY_NAMES = ("libhale-predict.so", "libhale-predict.so.0", "libhale-predict.dylib")
VERDICTS = ("interpolating", "extrapolating", "unknown")
ELEMENTS = {"f32": 1, "u8": 2, "i8": 3, "u16": 4, "i16": 5, "i32": 6, "i64": 7, "string": 8,
            "bool": 9, "f16": 10, "f64": 11, "u32": 12, "u64": 13, "bf16": 16, "f8e4m3fn": 17,
            "f8e5m2": 19, "u4": 21, "i4": 22,
            "float32": 1, "uint8": 2, "int8": 3, "uint16": 4, "int16": 5, "int32": 6, "int64": 7,
            "float16": 10, "float64": 11, "uint32": 12, "uint64": 13, "bfloat16": 16}
NO_VALUE = NO_REGION = 0xFFFFFFFF
OPEN = -1
MAX_RANK = 64
WITH_KERNELS = 1


class HaleError(Exception):
    """What hale refused, and why."""


class _Shape(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("rank", c_size_t), ("extents", POINTER(c_int64))]


class _Dim(ctypes.Structure):
    _fields_ = [("symbol", c_char_p), ("extent", c_int64)]


class _BatchAxis(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("axis", c_size_t)]


class _Take(ctypes.Structure):
    _fields_ = [("node", c_char_p), ("is_then", c_int)]


class _InputValue(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("number", c_double)]


class _Inputs(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("batch", c_uint64),
                ("shape_count", c_size_t), ("shapes", POINTER(_Shape)),
                ("dim_count", c_size_t), ("dims", POINTER(_Dim)),
                ("batch_axis_count", c_size_t), ("batch_axes", POINTER(_BatchAxis)),
                ("take_count", c_size_t), ("takes", POINTER(_Take)),
                ("value_count", c_size_t), ("values", POINTER(_InputValue))]


class _Kernel(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("location", c_char_p), ("operations", c_char_p),
                ("ms", c_double), ("share", c_double), ("macs", c_uint64), ("bytes", c_uint64)]


class _Type(ctypes.Structure):
    _fields_ = [("element", c_int32), ("rank", c_size_t), ("extents", POINTER(c_int64)),
                ("symbols", POINTER(c_char_p))]


class _Attribute(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("kind", c_int32), ("integer", c_int64), ("number", c_float),
                ("text", c_char_p), ("count", c_size_t), ("integers", POINTER(c_int64)),
                ("numbers", POINTER(c_float)), ("texts", POINTER(c_char_p))]


class _NamedRegion(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("region", c_uint32)]


class _Operation(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("domain", c_char_p),
                ("location", c_char_p),
                ("operand_count", c_size_t), ("operands", POINTER(c_uint32)),
                ("attribute_count", c_size_t), ("attributes", POINTER(_Attribute)),
                ("region_count", c_size_t), ("regions", POINTER(_NamedRegion)),
                ("result_count", c_size_t), ("result_types", POINTER(_Type))]


class _KnownType(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("element", c_int32), ("is_ranked", c_int32),
                ("rank", c_size_t), ("extents", c_int64 * MAX_RANK)]


_ERROR = POINTER(c_void_p)
_DOUBLES = POINTER(c_double)
_TEXTS = POINTER(c_char_p)
# Of each function: what it returns, and what it takes.
_FUNCTIONS = {
    "hale_interface_version": (c_uint32, []),
    "hale_version": (c_char_p, []),
    "hale_text_free": (None, [c_void_p]),
    "hale_built_in_device_count": (c_size_t, []),
    "hale_built_in_device_name": (c_char_p, [c_size_t]),
    "hale_device_open": (c_void_p, [c_char_p, _ERROR]),
    "hale_device_close": (None, [c_void_p]),
    "hale_device_name": (c_char_p, [c_void_p]),
    "hale_device_batch": (c_uint32, [c_void_p]),
    "hale_device_precision": (c_char_p, [c_void_p]),
    "hale_model_read": (c_void_p, [c_char_p, POINTER(_Inputs), _ERROR]),
    "hale_model_read_bytes": (c_void_p,
                              [c_char_p, c_size_t, c_char_p, POINTER(_Inputs), _ERROR]),
    "hale_model_close": (None, [c_void_p]),
    "hale_model_name": (c_char_p, [c_void_p]),
    "hale_model_batch": (c_int64, [c_void_p]),
    "hale_device_answer": (c_void_p, [c_void_p, c_void_p, c_uint32, _ERROR]),
    "hale_answer_close": (None, [c_void_p]),
    "hale_answer_verdict": (c_int32, [c_void_p]),
    "hale_answer_batch": (c_uint32, [c_void_p]),
    "hale_answer_kernel_count": (c_size_t, [c_void_p]),
    "hale_answer_kernel": (c_int, [c_void_p, c_size_t, POINTER(_Kernel), _ERROR]),
    "hale_device_score": (c_int, [c_void_p, c_char_p, _TEXTS, c_size_t, _DOUBLES, _DOUBLES,
                                  _DOUBLES, POINTER(c_int32), _ERROR]),
    "hale_table": (c_int, [POINTER(c_void_p), c_size_t, POINTER(c_void_p), c_size_t, c_size_t,
                           _DOUBLES, _DOUBLES, _DOUBLES, POINTER(c_void_p), _ERROR]),
    "hale_graph_new": (c_void_p, [c_char_p, _ERROR]),
    "hale_graph_close": (None, [c_void_p]),
    "hale_graph_input": (c_uint32, [c_void_p, c_char_p, POINTER(_Type), _ERROR]),
    "hale_graph_weight": (c_uint32, [c_void_p, c_char_p, POINTER(_Type), _ERROR]),
    "hale_graph_integers": (c_uint32, [c_void_p, POINTER(_Type), POINTER(c_int64), _ERROR]),
    "hale_graph_numbers": (c_uint32, [c_void_p, POINTER(_Type), _DOUBLES, _ERROR]),
    "hale_graph_add": (c_int, [c_void_p, POINTER(_Operation), POINTER(c_uint32), _ERROR]),
    "hale_graph_open_region": (c_int, [c_void_p, _ERROR]),
    "hale_graph_close_region": (c_uint32, [c_void_p, _ERROR]),
    "hale_graph_type": (c_int, [c_void_p, c_uint32, POINTER(_KnownType), _ERROR]),
    "hale_graph_output": (c_int, [c_void_p, c_uint32, c_char_p, _ERROR]),
    "hale_graph_model": (c_void_p, [c_void_p, POINTER(_Inputs), _ERROR]),
}
for _part in ("median_ms", "low_ms", "high_ms", "interval_level", "covered"):
    _FUNCTIONS["hale_answer_" + _part] = (c_double, [c_void_p])
for _part in ("macs", "parameters"):
    _FUNCTIONS["hale_answer_" + _part] = (c_uint64, [c_void_p])
for _part in ("model", "device", "precision", "space", "arch"):
    _FUNCTIONS["hale_answer_" + _part] = (c_char_p, [c_void_p])
for _part in ("assumption", "warning", "unknown_operation"):
    _FUNCTIONS[f"hale_answer_{_part}_count"] = (c_size_t, [c_void_p])
    _FUNCTIONS["hale_answer_" + _part] = (c_char_p, [c_void_p, c_size_t])

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
    prefix = here.parents[2] if len(here.parents) > 2 else here  # PREFIX/share/hale/python
    folders = [here, prefix / "lib", *sorted((prefix / "lib").glob("*-linux-gnu")),
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
        for name, (returned, taken) in _FUNCTIONS.items():
            function = getattr(library, name)
            function.restype = returned
            function.argtypes = taken
    except AttributeError as error:
        raise HaleError(f"{path}: is not the library hale-predict: {error}") from None


def _lib():
    if _library is None:
        load()
    return _library


def _call(name, *arguments):
    """Calls a function that can fail; raises its message."""
    library = _lib()
    error = c_void_p()
    result = getattr(library, name)(*arguments, byref(error))
    if error.value is None:
        return result
    raise HaleError(_taken(library, error.value))


def _taken(library, pointer):
    """The text at a pointer, which is then freed."""
    try:
        return _text(ctypes.cast(pointer, c_char_p).value)
    finally:
        library.hale_text_free(pointer)


def _text(raw):
    return None if raw is None else raw.decode("utf-8", "replace")


def _utf8(text):
    return text.encode("utf-8", "surrogateescape")


def _bytes(text, what, encode=_utf8):
    """Text as C has it: a zero byte would end it early."""
    try:
        raw = text if isinstance(text, bytes) else encode(text)
    except (AttributeError, TypeError, UnicodeError) as error:
        raise HaleError(f"{what}: {error}") from None
    if b"\0" in raw:
        raise HaleError(f"{what}: found a zero byte, expected text without one")
    return raw


def _integer(number, what, low, high):
    try:
        found = number.__index__()
    except AttributeError:
        raise HaleError(f"{what}: found {number!r}, expected a whole number") from None
    if not low <= found <= high:
        raise HaleError(f"{what}: found {found}, expected {low} to {high}")
    return found


def _extents(shape, what):
    return [_integer(each, what, -2**63, 2**63 - 1) for each in shape]


def _integers(numbers):
    return (c_int64 * len(numbers))(*numbers)


def _branch(branch, node):
    if branch not in ("then", "else"):
        raise HaleError(f"take '{node}': found {branch!r}, expected 'then' or 'else'")
    return branch == "then"


def _number(number, what):
    try:
        return float(number)
    except (TypeError, ValueError):
        raise HaleError(f"{what}: found {number!r}, expected a number") from None


def _inputs(batch, shapes, dims, batch_axes, takes, values):
    """The structure; what it points to lives as long as it does."""
    shapes = {} if shapes is None else shapes
    if not isinstance(shapes, dict):
        shapes = {"": shapes}
    dims = {} if dims is None else dims
    made = [_Shape(_bytes(name, "shape"), len(extents), _integers(extents))
            for name, extents in ((name, _extents(shape, f"shape of '{name}'"))
                                  for name, shape in shapes.items())]
    named = [_Dim(_bytes(name, "dim"), _integer(extent, f"dim '{name}'", -2**63, 2**63 - 1))
             for name, extent in dims.items()]
    axes = [_BatchAxis(_bytes(name, "batch_axis"),
                       _integer(axis, f"batch_axis '{name}'", 0, 2**63 - 1))
            for name, axis in (batch_axes or {}).items()]
    taken = [_Take(_bytes(node, "take"), _branch(branch, node))
             for node, branch in (takes or {}).items()]
    held = [_InputValue(_bytes(name, "value"), _number(number, f"value '{name}'"))
            for name, number in (values or {}).items()]
    said = 0 if batch is None else _integer(batch, "batch", 1, 2**63 - 1)
    return _Inputs(ctypes.sizeof(_Inputs), said, len(made), (_Shape * len(made))(*made),
                   len(named), (_Dim * len(named))(*named),
                   len(axes), (_BatchAxis * len(axes))(*axes),
                   len(taken), (_Take * len(taken))(*taken),
                   len(held), (_InputValue * len(held))(*held))


def _array(buffer, *shape):
    """A ctypes array as numpy's, or as lists, of one or two axes."""
    if numpy is not None:
        return numpy.array(buffer).reshape(shape)
    flat = list(buffer)
    if len(shape) == 1:
        return flat
    return [flat[i * shape[1]:(i + 1) * shape[1]] for i in range(shape[0])]


class _Handle:
    """A handle, given back when nothing refers to it any more."""

    def _own(self, pointer, close):
        self._pointer = pointer
        weakref.finalize(self, getattr(_lib(), close), pointer)


def version():
    """The library's release, "0.1.0"."""
    return _text(_lib().hale_version())


def devices():
    """The names of the devices that the library carries."""
    library = _lib()
    return [_text(library.hale_built_in_device_name(i))
            for i in range(library.hale_built_in_device_count())]


class Kernel(NamedTuple):
    """A kernel and its part of a model's time."""

    location: str  # of its first node; "": the run itself, which is no kernel
    operations: str  # "Conv+Relu"
    ms: float
    share: float
    macs: int
    bytes: int


@dataclass(frozen=True)
class Answer:
    """How long a model takes on a device."""

    model: str
    device: str
    batch: int  # that the device was measured with
    precision: str  # likewise
    space: str  # whose predictor answered
    arch: str  # the architecture that the model is, in a searched space
    median_ms: float
    low_ms: float
    high_ms: float
    interval_level: float  # the share of what is measured that the interval should hold
    verdict: str  # one of VERDICTS
    macs: int
    parameters: int
    covered: float  # share of the operations that could be costed
    unknown_operations: Tuple[str, ...]
    assumptions: Tuple[str, ...]
    warnings: Tuple[str, ...]
    kernels: Tuple[Kernel, ...]  # where they were asked for, the dearest first


class Scores(NamedTuple):
    """How long architectures take: an element each."""

    median_ms: Any
    low_ms: Any
    high_ms: Any
    verdicts: Tuple[str, ...]


class Table(NamedTuple):
    """Models by devices in ms; NaN where a device refused, and then why, by (model, device)."""

    median_ms: Any
    low_ms: Any
    high_ms: Any
    reasons: Dict[Tuple[int, int], str]


class Model(_Handle):
    """An ONNX file by its path or as bytes, or one of hale's own networks, "residual/17".

    `batch` is that of the inputs, `shapes` their shapes by name (or the only one's), `dims` the
    extents of open dimensions by symbol ("past" and "seq" give "past + seq" its extent too),
    `batch_axes` which axis of an input is its batch, where hale would take another one. `takes` says
    which branch an If takes whose condition is not known, {"node": "then"}, and `values` what
    inputs of one element hold, {"use_cache": 1}. `name` is
    what answers call a model given as bytes.
    """

    def __init__(self, source, *, batch=None, shapes=None, dims=None, batch_axes=None, takes=None,
                 values=None, name=""):
        inputs = _inputs(batch, shapes, dims, batch_axes, takes, values)
        if isinstance(source, (bytes, bytearray, memoryview)):
            source = bytes(source)
            pointer = _call("hale_model_read_bytes", source, len(source), _bytes(name, "name"),
                            byref(inputs))
        else:
            pointer = _call("hale_model_read", _bytes(source, "path", os.fsencode), byref(inputs))
        self._own(pointer, "hale_model_close")

    @property
    def name(self):
        return _text(_lib().hale_model_name(self._pointer))

    @property
    def batch(self):
        """The batch of the first input of which it is known; None where it is open."""
        return _lib().hale_model_batch(self._pointer) or None

    def __repr__(self):
        return f"hale.Model({self.name!r})"


class Device(_Handle):
    """A built-in device by its name, or a file that `hale adapt` made."""

    def __init__(self, name_or_file="default"):
        named = _bytes(name_or_file, "device", os.fsencode)
        self._own(_call("hale_device_open", named), "hale_device_close")

    @property
    def name(self):
        return _text(_lib().hale_device_name(self._pointer))

    @property
    def batch(self):
        return _lib().hale_device_batch(self._pointer)

    @property
    def precision(self):
        return _text(_lib().hale_device_precision(self._pointer))

    def __repr__(self):
        return f"hale.Device({self.name!r})"

    def answer(self, model, kernels=False):
        """How long a model, or what Model() takes, takes here; `kernels` asks for its parts."""
        model = _model(model)
        pointer = _call("hale_device_answer", self._pointer, model._pointer,
                        WITH_KERNELS if kernels else 0)
        try:
            return _answer(pointer)
        finally:
            _lib().hale_answer_close(pointer)

    def score(self, space, archs):
        """How long architectures of a space take here, by their strings."""
        raw = [_bytes(arch, f"architecture {i}") for i, arch in enumerate(archs)]
        count = len(raw)
        columns = [(c_double * count)() for _ in range(3)]
        verdicts = (c_int32 * count)()
        _call("hale_device_score", self._pointer, _bytes(space, "space"), (c_char_p * count)(*raw),
              count, *columns, verdicts)
        return Scores(*(_array(column, count) for column in columns),
                      tuple(VERDICTS[each] for each in verdicts))


def _model(model):
    return model if isinstance(model, Model) else Model(model)


def _device(device):
    return device if isinstance(device, Device) else Device(device)


def _answer(pointer):
    library = _lib()

    def read(part):
        value = getattr(library, "hale_answer_" + part)(pointer)
        return _text(value) if isinstance(value, bytes) else value

    def texts(part):
        count = getattr(library, f"hale_answer_{part}_count")(pointer)
        return tuple(_text(getattr(library, "hale_answer_" + part)(pointer, i))
                     for i in range(count))

    kernels = []
    row = _Kernel(ctypes.sizeof(_Kernel))
    for i in range(library.hale_answer_kernel_count(pointer)):
        _call("hale_answer_kernel", pointer, i, byref(row))
        kernels.append(Kernel(_text(row.location), _text(row.operations), row.ms, row.share,
                              row.macs, row.bytes))
    parts = ("model", "device", "batch", "precision", "space", "arch", "median_ms", "low_ms",
             "high_ms", "interval_level", "macs", "parameters", "covered")
    return Answer(**{part: read(part) for part in parts}, verdict=VERDICTS[read("verdict")],
                  unknown_operations=texts("unknown_operation"), assumptions=texts("assumption"),
                  warnings=texts("warning"), kernels=tuple(kernels))


def score(device, space, archs):
    """How long architectures of a space take on a device, by their strings."""
    return _device(device).score(space, archs)


def table(models, devices, threads=1):
    """Every model, or what Model() takes, on every device, or what Device() takes."""
    models = [_model(model) for model in models]
    devices = [_device(device) for device in devices]
    shape = (len(models), len(devices))
    count = shape[0] * shape[1]
    columns = [(c_double * count)() for _ in range(3)]
    reasons = (c_void_p * count)()
    _call("hale_table", (c_void_p * shape[0])(*(model._pointer for model in models)), shape[0],
          (c_void_p * shape[1])(*(device._pointer for device in devices)), shape[1],
          _integer(threads, "threads", 1, 1024), *columns, reasons)
    library = _lib()
    why = {divmod(i, shape[1]): _taken(library, pointer)
           for i, pointer in enumerate(reasons) if pointer is not None}
    return Table(*(_array(column, *shape) for column in columns), why)


class Value:
    """A value of a Graph."""

    def __init__(self, graph, number):
        self._graph = graph
        self._number = number

    @property
    def _known(self):
        known = _KnownType(ctypes.sizeof(_KnownType))
        _call("hale_graph_type", self._graph._pointer, self._number, byref(known))
        return known

    @property
    def shape(self):
        """Its extents, None where one is open; None where the rank is not known."""
        known = self._known
        if not known.is_ranked:
            return None
        return tuple(None if each == OPEN else each for each in known.extents[:known.rank])

    @property
    def element(self):
        """The name of its elements' type, "f32"; None where it is not known."""
        number = self._known.element
        return next((name for name, each in ELEMENTS.items() if each == number), None)

    def __repr__(self):
        return f"<hale.Value {self.element} {self.shape}>"


class Graph(_Handle):
    """A graph that is made operation by operation, with ONNX's operations.

        graph = hale.Graph("mlp")
        x = graph.input("x", (1, 784))
        y = graph.add("MatMul", x, graph.weight("w", (784, 10)), location="fc")
        graph.output(y, "y")
        hale.Device().answer(graph.model())
    """

    def __init__(self, name=""):
        self._own(_call("hale_graph_new", _bytes(name, "name")), "hale_graph_close")

    def input(self, name, shape, element="f32"):
        """An input; an extent that is a word or None is open."""
        return self._made("hale_graph_input", _bytes(name, "input"),
                          byref(_type(shape, element, f"input '{name}'")))

    def weight(self, name, shape, element="f32"):
        """Weights: only their type, since no cost depends on their numbers."""
        return self._made("hale_graph_weight", _bytes(name, "weight"),
                          byref(_type(shape, element, f"weight '{name}'")))

    def integers(self, elements, shape=None, element="i64"):
        """A constant of integers, as the shape of a Reshape; one axis, unless `shape` says."""
        elements = _extents(elements, "constant")
        return self._constant("hale_graph_integers", _integers(elements), shape, element)

    def numbers(self, elements, shape=None, element="f32"):
        """A constant of numbers, as the scales that a Resize takes."""
        elements = [float(each) for each in elements]
        return self._constant("hale_graph_numbers", (c_double * len(elements))(*elements), shape,
                              element)

    def add(self, name, *operands, domain="", location="", results=1, types=None, regions=None,
            attributes=None, **more):
        """Adds an operation: its value, or a tuple of them where `results` says more than one.

        Operands are values, None where one is left out. Attributes are keywords, or a dictionary
        where their names are taken. `regions` are those of close_region(), by name. `types` are the
        results' (shape, element), for operations that hale does not know.
        """
        where = f"operation {name}"
        count = _integer(results, f"{where}: results", 1, 65536)
        said = [_attribute(key, value, where)
                for key, value in {**(attributes or {}), **more}.items()]
        numbers = [self._number(each, where) for each in operands]
        nested = [_NamedRegion(_bytes(key, where), _integer(region, where, 0, NO_REGION))
                  for key, region in (regions or {}).items()]
        known = [_type(shape, element, where) for shape, element in types or ()]
        if known and len(known) != count:
            raise HaleError(f"{where}: found {len(known)} types, expected {count}")
        operation = _Operation(
            ctypes.sizeof(_Operation), _bytes(name, where), _bytes(domain, where),
            _bytes(location, where), len(numbers), (c_uint32 * len(numbers))(*numbers),
            len(said), (_Attribute * len(said))(*said),
            len(nested), (_NamedRegion * len(nested))(*nested),
            count, (_Type * count)(*known) if known else None)
        made = (c_uint32 * count)()
        _call("hale_graph_add", self._pointer, byref(operation), made)
        values = tuple(Value(self, number) for number in made)
        return values if count > 1 else values[0]

    def open_region(self):
        """Opens a region, into which everything goes until close_region()."""
        _call("hale_graph_open_region", self._pointer)

    def close_region(self):
        """Ends the region that was opened last; an operation then takes it."""
        return _call("hale_graph_close_region", self._pointer)

    def output(self, value, name=""):
        """Makes a value an output of the graph, or of the region that is open."""
        _call("hale_graph_output", self._pointer, self._number(value, "output"),
              _bytes(name, "output"))

    def model(self, *, batch=None, shapes=None, dims=None, batch_axes=None, values=None):
        """A model of the graph as it is now; the graph can be used on."""
        inputs = _inputs(batch, shapes, dims, batch_axes, None, values)
        model = Model.__new__(Model)
        model._own(_call("hale_graph_model", self._pointer, byref(inputs)), "hale_model_close")
        return model

    def _made(self, function, *arguments):
        return Value(self, _call(function, self._pointer, *arguments))

    def _constant(self, function, elements, shape, element):
        shape = (len(elements),) if shape is None else tuple(shape)
        product = 1
        for each in shape:
            product *= _integer(each, "constant", 0, 2**31 - 1)
        if product != len(elements):
            raise HaleError(f"constant: found {len(elements)} elements, expected {product}")
        return self._made(function, byref(_type(shape, element, "constant")), elements)

    def _number(self, value, where):
        if value is None:
            return NO_VALUE
        if not isinstance(value, Value) or value._graph is not self:
            raise HaleError(f"{where}: found {value!r}, expected a value of this graph")
        return value._number


def _type(shape, element, where):
    number = ELEMENTS.get(str(element))
    if number is None:
        raise HaleError(f"{where}: found the element {element!r}, expected one of " +
                        ", ".join(ELEMENTS))
    extents, symbols = [], []
    for each in shape:
        is_open = each is None or isinstance(each, (str, bytes))
        extents.append(OPEN if is_open else _integer(each, where, 0, 2**63 - 1))
        symbols.append(_bytes(each, where) if is_open and each is not None else None)
    return _Type(number, len(extents), _integers(extents), (c_char_p * len(symbols))(*symbols))


def _attribute(name, value, where):
    made = _Attribute(_bytes(name, where))
    if hasattr(value, "tolist"):  # numpy's
        value = value.tolist()
    if isinstance(value, (str, bytes)):
        made.kind, made.text = 3, _bytes(value, where)
    elif isinstance(value, float):
        made.kind, made.number = 2, value
    elif hasattr(value, "__index__"):
        made.kind, made.integer = 1, _integer(value, f"{where}: {name}", -2**63, 2**63 - 1)
    else:
        _list_attribute(made, value, f"{where}: {name}")
    return made


def _list_attribute(made, value, where):
    try:
        made.count = len(value)
    except TypeError:
        raise HaleError(f"{where}: found {value!r}, expected a number, text or a list") from None
    if all(hasattr(each, "__index__") for each in value):
        made.kind, made.integers = 4, _integers(_extents(value, where))
    elif all(isinstance(each, float) or hasattr(each, "__index__") for each in value):
        made.kind, made.numbers = 5, (c_float * len(value))(*value)
    elif all(isinstance(each, (str, bytes)) for each in value):
        made.kind = 6
        made.texts = (c_char_p * len(value))(*(_bytes(each, where) for each in value))
    else:
        raise HaleError(f"{where}: found {value!r}, expected numbers or texts")
