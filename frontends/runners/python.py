"""What comes before the script of each runtime that Python has: the requests and answers of npm.cjs,
with the accelerator, an empty text for none, in the first request."""
import fcntl
import json
import os
import sys
import tempfile
import time

import numpy

ELEMENTS = {"f32": numpy.float32, "f64": numpy.float64, "f16": numpy.float16, "i8": numpy.int8,
            "ui8": numpy.uint8, "i16": numpy.int16, "ui16": numpy.uint16, "i32": numpy.int32,
            "ui32": numpy.uint32, "i64": numpy.int64, "ui64": numpy.uint64, "i1": numpy.bool_}


def feeds_of(request):
    """Between -1 and 1 for real numbers, 1 for all others: an index that most tables have."""
    random = numpy.random.default_rng(1)
    feeds = {}
    for given in request["inputs"]:
        if given["element"] not in ELEMENTS:
            raise ValueError(f"input '{given['name']}': no runner feeds {given['element']}")
        element = ELEMENTS[given["element"]]
        is_real = numpy.issubdtype(element, numpy.floating)
        feeds[given["name"]] = (random.uniform(-1, 1, given["dims"]).astype(element) if is_real
                                else numpy.ones(given["dims"], element))
    return feeds


def wait_for_turn():
    """Two processes on one accelerator would slow each other: waits until this one is alone, to its end."""
    path = os.path.join(tempfile.gettempdir(), "hale-accelerator.lock")
    fcntl.flock(os.open(path, os.O_CREAT | os.O_RDWR, 0o666), fcntl.LOCK_EX)


def answer_with(load):
    """`load` makes of a request what runs once, and the runtime's name and version."""
    action = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "load" in request:
                action, runtime = load(request)
                answer = {"ready": runtime}
            else:
                milliseconds = []
                for _ in range(request["run"]):
                    begin = time.perf_counter_ns()
                    action()
                    milliseconds.append((time.perf_counter_ns() - begin) / 1e6)
                answer = {"milliseconds": milliseconds}
        except Exception as error:  # whatever a model does to the library is the model's error
            answer = {"error": " ".join(str(error).split())[:500]}
        print(json.dumps(answer), flush=True)
