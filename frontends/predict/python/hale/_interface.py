"""The structures, constants and functions of hale.h, for ctypes."""

import ctypes
from ctypes import POINTER, c_char_p, c_double, c_float, c_int, c_int32, c_int64, c_size_t
from ctypes import c_uint32, c_uint64, c_void_p

INTERFACE_VERSION = 1  # of hale.h
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


class Shape(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("rank", c_size_t), ("extents", POINTER(c_int64))]


class Dim(ctypes.Structure):
    _fields_ = [("symbol", c_char_p), ("extent", c_int64)]


class BatchAxis(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("axis", c_size_t)]


class Take(ctypes.Structure):
    _fields_ = [("node", c_char_p), ("is_then", c_int)]


class InputValue(ctypes.Structure):
    _fields_ = [("input", c_char_p), ("number", c_double)]


class Inputs(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("batch", c_uint64),
                ("shape_count", c_size_t), ("shapes", POINTER(Shape)),
                ("dim_count", c_size_t), ("dims", POINTER(Dim)),
                ("batch_axis_count", c_size_t), ("batch_axes", POINTER(BatchAxis)),
                ("take_count", c_size_t), ("takes", POINTER(Take)),
                ("value_count", c_size_t), ("values", POINTER(InputValue))]


class KernelRow(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("location", c_char_p), ("operations", c_char_p),
                ("ms", c_double), ("share", c_double), ("macs", c_uint64), ("bytes", c_uint64)]


class Type(ctypes.Structure):
    _fields_ = [("element", c_int32), ("rank", c_size_t), ("extents", POINTER(c_int64)),
                ("symbols", POINTER(c_char_p))]


class Attribute(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("kind", c_int32), ("integer", c_int64), ("number", c_float),
                ("text", c_char_p), ("count", c_size_t), ("integers", POINTER(c_int64)),
                ("numbers", POINTER(c_float)), ("texts", POINTER(c_char_p))]


class NamedRegion(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("region", c_uint32)]


class Operation(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("name", c_char_p), ("domain", c_char_p),
                ("location", c_char_p),
                ("operand_count", c_size_t), ("operands", POINTER(c_uint32)),
                ("attribute_count", c_size_t), ("attributes", POINTER(Attribute)),
                ("region_count", c_size_t), ("regions", POINTER(NamedRegion)),
                ("result_count", c_size_t), ("result_types", POINTER(Type))]


class KnownType(ctypes.Structure):
    _fields_ = [("size", c_size_t), ("element", c_int32), ("is_ranked", c_int32),
                ("rank", c_size_t), ("extents", c_int64 * MAX_RANK)]


_ERROR = POINTER(c_void_p)
_DOUBLES = POINTER(c_double)
_TEXTS = POINTER(c_char_p)
# Of each function: what it returns, and what it takes.
FUNCTIONS = {
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
    "hale_model_read": (c_void_p, [c_char_p, POINTER(Inputs), _ERROR]),
    "hale_model_read_bytes": (c_void_p,
                              [c_char_p, c_size_t, c_char_p, POINTER(Inputs), _ERROR]),
    "hale_model_close": (None, [c_void_p]),
    "hale_model_name": (c_char_p, [c_void_p]),
    "hale_model_batch": (c_int64, [c_void_p]),
    "hale_device_answer": (c_void_p, [c_void_p, c_void_p, c_uint32, _ERROR]),
    "hale_answer_close": (None, [c_void_p]),
    "hale_answer_verdict": (c_int32, [c_void_p]),
    "hale_answer_batch": (c_uint32, [c_void_p]),
    "hale_answer_kernel_count": (c_size_t, [c_void_p]),
    "hale_answer_kernel": (c_int, [c_void_p, c_size_t, POINTER(KernelRow), _ERROR]),
    "hale_device_score": (c_int, [c_void_p, c_char_p, _TEXTS, c_size_t, _DOUBLES, _DOUBLES,
                                  _DOUBLES, POINTER(c_int32), _ERROR]),
    "hale_table": (c_int, [POINTER(c_void_p), c_size_t, POINTER(c_void_p), c_size_t, c_size_t,
                           _DOUBLES, _DOUBLES, _DOUBLES, POINTER(c_void_p), _ERROR]),
    "hale_graph_new": (c_void_p, [c_char_p, _ERROR]),
    "hale_graph_close": (None, [c_void_p]),
    "hale_graph_input": (c_uint32, [c_void_p, c_char_p, POINTER(Type), _ERROR]),
    "hale_graph_weight": (c_uint32, [c_void_p, c_char_p, POINTER(Type), _ERROR]),
    "hale_graph_integers": (c_uint32, [c_void_p, POINTER(Type), POINTER(c_int64), _ERROR]),
    "hale_graph_numbers": (c_uint32, [c_void_p, POINTER(Type), _DOUBLES, _ERROR]),
    "hale_graph_add": (c_int, [c_void_p, POINTER(Operation), POINTER(c_uint32), _ERROR]),
    "hale_graph_open_region": (c_int, [c_void_p, _ERROR]),
    "hale_graph_close_region": (c_uint32, [c_void_p, _ERROR]),
    "hale_graph_type": (c_int, [c_void_p, c_uint32, POINTER(KnownType), _ERROR]),
    "hale_graph_output": (c_int, [c_void_p, c_uint32, c_char_p, _ERROR]),
    "hale_graph_model": (c_void_p, [c_void_p, POINTER(Inputs), _ERROR]),
}
for _part in ("median_ms", "low_ms", "high_ms", "interval_level", "covered"):
    FUNCTIONS["hale_answer_" + _part] = (c_double, [c_void_p])
for _part in ("macs", "parameters"):
    FUNCTIONS["hale_answer_" + _part] = (c_uint64, [c_void_p])
for _part in ("model", "device", "precision", "space", "arch", "reason"):
    FUNCTIONS["hale_answer_" + _part] = (c_char_p, [c_void_p])
for _part in ("assumption", "warning", "unknown_operation"):
    FUNCTIONS[f"hale_answer_{_part}_count"] = (c_size_t, [c_void_p])
    FUNCTIONS["hale_answer_" + _part] = (c_char_p, [c_void_p, c_size_t])
