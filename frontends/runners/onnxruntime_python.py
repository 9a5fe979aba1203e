# Measures with ONNX Runtime's package for Python for hale, behind python.py.
import onnxruntime as ort

LEVELS = {"all": ort.GraphOptimizationLevel.ORT_ENABLE_ALL,
          "extended": ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED,
          "basic": ort.GraphOptimizationLevel.ORT_ENABLE_BASIC,
          "disabled": ort.GraphOptimizationLevel.ORT_DISABLE_ALL}
PROCESSORS = "CPUExecutionProvider"


def providers_for(accelerator):
    if not accelerator:
        return [PROCESSORS]
    there = ort.get_available_providers()
    for provider in there:
        if provider.lower() == accelerator.lower() + "executionprovider":
            return [provider, PROCESSORS]
    raise ValueError(f"no accelerator '{accelerator}'; there are the providers {', '.join(there)}")


def load(request):
    options = ort.SessionOptions()
    options.graph_optimization_level = LEVELS[request["optimisation"]]
    options.intra_op_num_threads = request["threads"]
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    providers = providers_for(request["accelerator"])
    session = ort.InferenceSession(request["load"], options, providers=providers)
    if session.get_providers()[0] != providers[0]:
        raise ValueError(f"{providers[0]} cannot be used here")
    feeds = feeds_of(request)
    session.run(None, feeds)
    runtime = f"onnxruntime {ort.__version__}"
    if request["accelerator"]:
        runtime += " " + request["accelerator"].lower()
        wait_for_turn()
    return lambda: session.run(None, feeds), runtime


answer_with(load)
