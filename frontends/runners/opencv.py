"""Measures with OpenCV's dnn module for hale: requests and answers as in onnxruntime.cjs."""
import json
import sys
import time

import cv2
import numpy

ELEMENTS = {"f32": numpy.float32, "f64": numpy.float32, "i8": numpy.int8, "ui8": numpy.uint8,
            "i32": numpy.int32, "i64": numpy.int32}


def load(request):
    cv2.setNumThreads(request["threads"])
    net = cv2.dnn.readNetFromONNX(request["load"])
    net.enableFusion(request["optimisation"] != "disabled")
    random = numpy.random.default_rng(1)
    for given in request["inputs"]:
        if given["element"] not in ELEMENTS:
            raise ValueError(f"input '{given['name']}': no runner feeds {given['element']}")
        element = ELEMENTS[given["element"]]
        real = random.uniform(-1, 1, given["dims"]).astype(element)
        is_real = element == numpy.float32
        net.setInput(real if is_real else numpy.ones(given["dims"], element), given["name"])
    return net, {"ready": "opencv-dnn " + cv2.__version__}


def run(net, outputs, count):
    milliseconds = []
    for _ in range(count):
        begin = time.perf_counter_ns()
        net.forward(outputs)
        milliseconds.append((time.perf_counter_ns() - begin) / 1e6)
    return {"milliseconds": milliseconds}


def main():
    net, outputs = None, []
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "load" in request:
                net, answer = load(request)
                outputs = net.getUnconnectedOutLayersNames()
            else:
                answer = run(net, outputs, request["run"])
        except Exception as error:  # whatever a model does to the library is the model's error
            answer = {"error": " ".join(str(error).split())[:500]}
        print(json.dumps(answer), flush=True)


main()
