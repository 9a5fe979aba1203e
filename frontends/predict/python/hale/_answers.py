"""Models, devices, and the answers to how long a model takes on a device."""

import ctypes
import os
from ctypes import byref, c_char_p, c_double, c_int32, c_void_p
from dataclasses import dataclass
from typing import Any, Dict, NamedTuple, Tuple

from ._interface import VERDICTS, WITH_KERNELS, KernelRow
from ._library import Handle, as_array, call, encoded, inputs_of, integer, lib, taken, text


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
    reason: str  # why the answer is uncertain; empty where nothing says that it is
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


class Model(Handle):
    """An ONNX file by its path or as bytes, or one of hale's own networks, "residual/17".

    `batch` is that of the inputs, `shapes` their shapes by name (or the only one's), `dims` the
    extents of open dimensions by symbol ("past" and "seq" give "past + seq" its extent too),
    `batch_axes` which axis of an input is its batch, where hale would take another one. `takes` says
    which branch an If takes whose condition is not known, {"node": "then"}, and `values` what
    inputs of one element hold, {"use_cache": 1}. `name` is what answers call a model given as bytes.
    """

    def __init__(self, source, *, batch=None, shapes=None, dims=None, batch_axes=None, takes=None,
                 values=None, name=""):
        inputs = inputs_of(batch, shapes, dims, batch_axes, takes, values)
        if isinstance(source, (bytes, bytearray, memoryview)):
            source = bytes(source)
            pointer = call("hale_model_read_bytes", source, len(source), encoded(name, "name"),
                           byref(inputs))
        else:
            pointer = call("hale_model_read", encoded(source, "path", os.fsencode), byref(inputs))
        self._own(pointer, "hale_model_close")

    @property
    def name(self):
        return text(lib().hale_model_name(self._pointer))

    @property
    def batch(self):
        """The batch of the first input of which it is known; None where it is open."""
        return lib().hale_model_batch(self._pointer) or None

    def __repr__(self):
        return f"hale.Model({self.name!r})"


class Device(Handle):
    """A built-in device by its name, or a file that `hale adapt` made."""

    def __init__(self, name_or_file="default"):
        named = encoded(name_or_file, "device", os.fsencode)
        self._own(call("hale_device_open", named), "hale_device_close")

    @property
    def name(self):
        return text(lib().hale_device_name(self._pointer))

    @property
    def batch(self):
        return lib().hale_device_batch(self._pointer)

    @property
    def precision(self):
        return text(lib().hale_device_precision(self._pointer))

    def __repr__(self):
        return f"hale.Device({self.name!r})"

    def answer(self, model, kernels=False):
        """How long a model, or what Model() takes, takes here; `kernels` asks for its parts."""
        model = _model(model)
        pointer = call("hale_device_answer", self._pointer, model._pointer,
                       WITH_KERNELS if kernels else 0)
        try:
            return _answer(pointer)
        finally:
            lib().hale_answer_close(pointer)

    def score(self, space, archs):
        """How long architectures of a space take here, by their strings."""
        raw = [encoded(arch, f"architecture {i}") for i, arch in enumerate(archs)]
        count = len(raw)
        columns = [(c_double * count)() for _ in range(3)]
        verdicts = (c_int32 * count)()
        call("hale_device_score", self._pointer, encoded(space, "space"), (c_char_p * count)(*raw),
             count, *columns, verdicts)
        return Scores(*(as_array(column, count) for column in columns),
                      tuple(VERDICTS[each] for each in verdicts))


def _model(model):
    return model if isinstance(model, Model) else Model(model)


def _device(device):
    return device if isinstance(device, Device) else Device(device)


def _answer(pointer):
    library = lib()

    def read(part):
        value = getattr(library, "hale_answer_" + part)(pointer)
        return text(value) if isinstance(value, bytes) else value

    def texts(part):
        count = getattr(library, f"hale_answer_{part}_count")(pointer)
        return tuple(text(getattr(library, "hale_answer_" + part)(pointer, i))
                     for i in range(count))

    kernels = []
    row = KernelRow(ctypes.sizeof(KernelRow))
    for i in range(library.hale_answer_kernel_count(pointer)):
        call("hale_answer_kernel", pointer, i, byref(row))
        kernels.append(Kernel(text(row.location), text(row.operations), row.ms, row.share,
                              row.macs, row.bytes))
    parts = ("model", "device", "batch", "precision", "space", "arch", "median_ms", "low_ms",
             "high_ms", "interval_level", "reason", "macs", "parameters", "covered")
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
    call("hale_table", (c_void_p * shape[0])(*(model._pointer for model in models)), shape[0],
         (c_void_p * shape[1])(*(device._pointer for device in devices)), shape[1],
          integer(threads, "threads", 1, 1024), *columns, reasons)
    library = lib()
    why = {divmod(i, shape[1]): taken(library, pointer)
           for i, pointer in enumerate(reasons) if pointer is not None}
    return Table(*(as_array(column, *shape) for column in columns), why)
