"""Reads the files that HELP's authors published: zip archives of pickles, as torch.save writes.

Nothing of a file is executed: of all that a pickle may call, only the functions that these files
need are there, rebuilt here from plain data.
"""

import array
import codecs
import collections
import io
import math
import pickle
import struct
import sys
import zipfile


class BadFile(Exception):
    """What was found in a file, and what was expected."""


class Tensor:
    """A dense tensor: its extents and its elements, last extent fastest."""

    def __init__(self, shape, values):
        self.shape = shape
        self.values = values

    def transposed(self):
        rows, columns = self.shape
        values = array.array("f", bytes(4 * rows * columns))
        for row in range(rows):
            values[row::rows] = self.values[row * columns : (row + 1) * columns]
        return Tensor((columns, rows), values)


def _rebuild_tensor(storage, offset, shape, stride, *_):
    dense = []
    step = 1
    for extent in reversed(shape):
        dense.insert(0, step)
        step *= extent
    size = math.prod(shape)
    if list(stride) != dense or offset < 0 or offset + size > len(storage):
        raise BadFile(f"a tensor of shape {tuple(shape)} and strides {tuple(stride)} does not lie "
                      f"densely in its {len(storage)} elements")
    return Tensor(tuple(shape), storage[offset : offset + size])


def _rebuild_parameter(data, *_):
    return data


class _Dtype:
    def __init__(self, code, *_):
        self.code = code

    def __setstate__(self, _state):
        pass


def _numpy_scalar(dtype, data):
    formats = {"i8": "<q", "i4": "<i", "f8": "<d", "f4": "<f"}
    if dtype.code not in formats:
        raise BadFile(f"a numpy scalar of type {dtype.code}, expected one of {', '.join(formats)}")
    return struct.unpack(formats[dtype.code], data)[0]


_ALLOWED = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _rebuild_parameter,
    ("torch", "FloatStorage"): "float32",
    ("numpy", "dtype"): _Dtype,
    ("numpy.core.multiarray", "scalar"): _numpy_scalar,
    ("_codecs", "encode"): lambda text, encoding: codecs.encode(text, "latin1"),
}


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream, archive, prefix):
        super().__init__(stream)
        self._archive = archive
        self._prefix = prefix

    def find_class(self, module, name):
        if (module, name) not in _ALLOWED:
            raise BadFile(f"wants to call {module}.{name}, which none of the published files does")
        return _ALLOWED[module, name]

    def persistent_load(self, pid):
        kind, element, key, _, count = pid
        if kind != "storage" or element != "float32":
            raise BadFile(f"a storage of {element}, expected float32")
        values = array.array("f", self._archive.read(f"{self._prefix}data/{key}"))
        if sys.byteorder == "big":
            values.byteswap()
        if len(values) != count:
            raise BadFile(f"storage {key} holds {len(values)} elements, expected {count}")
        return values


def load(path):
    """The object in a file that torch.save wrote. Raises BadFile, naming the file."""
    try:
        with zipfile.ZipFile(path) as archive:
            pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            if len(pickles) != 1:
                raise BadFile(f"holds {len(pickles)} members named data.pkl, expected one")
            prefix = pickles[0][: -len("data.pkl")]
            return _Unpickler(io.BytesIO(archive.read(pickles[0])), archive, prefix).load()
    except BadFile as error:
        raise BadFile(f"{path}: {error}") from None
    except zipfile.BadZipFile as error:
        raise BadFile(f"{path}: is no whole zip archive: {error}") from None
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}") from None
    except Exception as error:  # a damaged pickle can raise anything
        raise BadFile(f"{path}: holds no pickle of the expected form: {error}") from None
