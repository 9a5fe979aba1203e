# Measures with OpenCV's dnn module for hale, behind python.py.
import cv2

NARROWED = {"float64": "float32", "int64": "int32"}  # what it computes with


def load(request):
    cv2.setNumThreads(request["threads"])
    net = cv2.dnn.readNetFromONNX(request["load"])
    net.enableFusion(request["optimisation"] != "disabled")
    for name, values in feeds_of(request).items():
        net.setInput(values.astype(NARROWED.get(values.dtype.name, values.dtype.name)), name)
    outputs = net.getUnconnectedOutLayersNames()
    return lambda: net.forward(outputs), "opencv-dnn " + cv2.__version__


answer_with(load)
