"""How long a neural network takes on a device, from Python.

    import hale
    answer = hale.Device("gold_6226").answer(hale.Model("resnet50.onnx", batch=1))
    print(answer.median_ms, answer.verdict)

A package over the library hale-predict (see hale.h), with the standard library alone; arrays are
numpy's where numpy can be imported, else lists. The library is looked for in this folder and the
one around it, in the lib of the prefix where this package is installed, and where the system
looks; load(path) names it. Whatever hale refuses raises HaleError with the message. Devices,
models and answers never change and may be shared by threads; a Graph may be used by one thread at
a time.
"""

from ._answers import Answer, Device, Kernel, Model, Scores, Table, score, table
from ._graph import Graph, Value
from ._library import HaleError, devices, load, version

__all__ = ["Answer", "Device", "Graph", "HaleError", "Kernel", "Model", "Scores", "Table", "Value",
           "devices", "load", "score", "table", "version"]

for _name in __all__:  # messages and help say hale.HaleError, not hale._library.HaleError
    globals()[_name].__module__ = __name__
