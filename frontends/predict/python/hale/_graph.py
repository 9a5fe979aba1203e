"""Graphs that are made operation by operation."""

import ctypes
from ctypes import byref, c_char_p, c_double, c_float, c_uint32

from ._answers import Model
from ._interface import ELEMENTS, NO_REGION, NO_VALUE, OPEN
from ._interface import Attribute, KnownType, NamedRegion, Operation, Type
from ._library import HaleError, Handle, call, checked_extents, encoded, inputs_of, int64_array
from ._library import integer


class Value:
    """A value of a Graph."""

    def __init__(self, graph, number):
        self._graph = graph
        self._number = number

    @property
    def _known(self):
        known = KnownType(ctypes.sizeof(KnownType))
        call("hale_graph_type", self._graph._pointer, self._number, byref(known))
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


class Graph(Handle):
    """A graph that is made operation by operation, with ONNX's operations.

        graph = hale.Graph("mlp")
        x = graph.input("x", (1, 784))
        y = graph.add("MatMul", x, graph.weight("w", (784, 10)), location="fc")
        graph.output(y, "y")
        hale.Device().answer(graph.model())
    """

    def __init__(self, name=""):
        self._own(call("hale_graph_new", encoded(name, "name")), "hale_graph_close")

    def input(self, name, shape, element="f32"):
        """An input; an extent that is a word or None is open."""
        return self._made("hale_graph_input", encoded(name, "input"),
                          byref(_type(shape, element, f"input '{name}'")))

    def weight(self, name, shape, element="f32"):
        """Weights: only their type, since no cost depends on their numbers."""
        return self._made("hale_graph_weight", encoded(name, "weight"),
                          byref(_type(shape, element, f"weight '{name}'")))

    def integers(self, elements, shape=None, element="i64"):
        """A constant of integers, as the shape of a Reshape; one axis, unless `shape` says."""
        elements = checked_extents(elements, "constant")
        return self._constant("hale_graph_integers", int64_array(elements), shape, element)

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
        count = integer(results, f"{where}: results", 1, 65536)
        said = [_attribute(key, value, where)
                for key, value in {**(attributes or {}), **more}.items()]
        numbers = [self._number(each, where) for each in operands]
        nested = [NamedRegion(encoded(key, where), integer(region, where, 0, NO_REGION))
                  for key, region in (regions or {}).items()]
        known = [_type(shape, element, where) for shape, element in types or ()]
        if known and len(known) != count:
            raise HaleError(f"{where}: found {len(known)} types, expected {count}")
        operation = Operation(
            ctypes.sizeof(Operation), encoded(name, where), encoded(domain, where),
            encoded(location, where), len(numbers), (c_uint32 * len(numbers))(*numbers),
            len(said), (Attribute * len(said))(*said),
            len(nested), (NamedRegion * len(nested))(*nested),
            count, (Type * count)(*known) if known else None)
        made = (c_uint32 * count)()
        call("hale_graph_add", self._pointer, byref(operation), made)
        values = tuple(Value(self, number) for number in made)
        return values if count > 1 else values[0]

    def open_region(self):
        """Opens a region, into which everything goes until close_region()."""
        call("hale_graph_open_region", self._pointer)

    def close_region(self):
        """Ends the region that was opened last; an operation then takes it."""
        return call("hale_graph_close_region", self._pointer)

    def output(self, value, name=""):
        """Makes a value an output of the graph, or of the region that is open."""
        call("hale_graph_output", self._pointer, self._number(value, "output"),
             encoded(name, "output"))

    def model(self, *, batch=None, shapes=None, dims=None, batch_axes=None, values=None):
        """A model of the graph as it is now; the graph can be used on."""
        inputs = inputs_of(batch, shapes, dims, batch_axes, None, values)
        model = Model.__new__(Model)
        model._own(call("hale_graph_model", self._pointer, byref(inputs)), "hale_model_close")
        return model

    def _made(self, function, *arguments):
        return Value(self, call(function, self._pointer, *arguments))

    def _constant(self, function, elements, shape, element):
        shape = (len(elements),) if shape is None else tuple(shape)
        product = 1
        for each in shape:
            product *= integer(each, "constant", 0, 2**31 - 1)
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
        extents.append(OPEN if is_open else integer(each, where, 0, 2**63 - 1))
        symbols.append(encoded(each, where) if is_open and each is not None else None)
    return Type(number, len(extents), int64_array(extents), (c_char_p * len(symbols))(*symbols))


def _attribute(name, value, where):
    made = Attribute(encoded(name, where))
    if hasattr(value, "tolist"):  # numpy's
        value = value.tolist()
    if isinstance(value, (str, bytes)):
        made.kind, made.text = 3, encoded(value, where)
    elif isinstance(value, float):
        made.kind, made.number = 2, value
    elif hasattr(value, "__index__"):
        made.kind, made.integer = 1, integer(value, f"{where}: {name}", -2**63, 2**63 - 1)
    else:
        _list_attribute(made, value, f"{where}: {name}")
    return made


def _list_attribute(made, value, where):
    try:
        made.count = len(value)
    except TypeError:
        raise HaleError(f"{where}: found {value!r}, expected a number, text or a list") from None
    if all(hasattr(each, "__index__") for each in value):
        made.kind, made.integers = 4, int64_array(checked_extents(value, where))
    elif all(isinstance(each, float) or hasattr(each, "__index__") for each in value):
        made.kind, made.numbers = 5, (c_float * len(value))(*value)
    elif all(isinstance(each, (str, bytes)) for each in value):
        made.kind = 6
        made.texts = (c_char_p * len(value))(*(encoded(each, where) for each in value))
    else:
        raise HaleError(f"{where}: found {value!r}, expected numbers or texts")
