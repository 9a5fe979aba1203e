"""What the package hale and the C interface beneath it answer, against the command line.

  python.test.py PACKAGES LIBRARY HALE DATA_DIR [unittest's arguments]
"""
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import threading
import unittest

PACKAGES, LIBRARY, HALE, DATA_DIR = (pathlib.Path(word).resolve() for word in sys.argv[1:5])
TESTS = pathlib.Path(__file__).resolve().parents[1]
FIXTURES = sorted(map(str, (TESTS / "lift" / "fixtures").glob("*.onnx")))
MODELS = sorted(map(str, (DATA_DIR / "onnx").rglob("*.onnx")))
CELL = str(TESTS / "lift" / "fixtures" / "best_cifar10.onnx")
ARCH = ("|nor_conv_3x3~0|+|nor_conv_3x3~0|nor_conv_3x3~1|+|nor_conv_3x3~0|nor_conv_3x3~1|"
        "nor_conv_3x3~2|")

sys.path[:0] = [str(PACKAGES), str(TESTS / "cli")]
import hale  # noqa: E402
import wire  # noqa: E402

hale.load(LIBRARY)


def rounded(number):
    """As the command line prints it."""
    return float(f"{number:.6g}")


def without(path, message):
    prefix = path + ": "
    return message[len(prefix):] if message.startswith(prefix) else message


def command_line(models, devices, *more):
    words = [HALE, "score", *models, "--format", "json", *more]
    for device in devices:
        words += ["--device", device]
    done = subprocess.run(words, capture_output=True, check=False)
    return json.loads(done.stdout.decode("utf-8", "replace"))


def row_of(answer):
    row = {"model": answer.model, "device": answer.device, "batch": answer.batch,
           "precision": answer.precision, "space": answer.space, "arch": answer.arch or None,
           "latency_ms": rounded(answer.median_ms),
           "interval_ms": [rounded(answer.low_ms), rounded(answer.high_ms)],
           "interval_level": answer.interval_level, "verdict": answer.verdict,
           "reason": answer.reason or None,
           "macs": answer.macs, "parameters": answer.parameters,
           "coverage": {"nodes": rounded(answer.covered), "macs": rounded(answer.covered),
                        "unknown_ops": list(answer.unknown_operations)},
           "assumptions": list(answer.assumptions), "warnings": list(answer.warnings)}
    if answer.kernels:
        row["ops"] = [{"kernel": each.location, "operations": each.operations,
                       "share": rounded(each.share), "latency_ms": rounded(each.ms),
                       "macs": each.macs, "bytes": each.bytes} for each in answer.kernels]
    return row


def answered(paths, names, kernels=False):
    """What the command line gives for the same, in its order, through the C interface."""
    devices = [hale.Device(name) for name in names]
    results, errors = [], []
    for path in paths:
        try:
            model = hale.Model(path)
        except hale.HaleError as error:
            errors.append({"model": path, "message": without(path, str(error))})
            continue
        for device in devices:
            try:
                results.append(row_of(device.answer(model, kernels)))
            except hale.HaleError as error:
                errors.append({"model": path, "message": without(path, str(error))})
    return results, errors


def in_words(said):
    """What the command line says in the words of the library, which has no options."""
    if isinstance(said, dict):
        return {key: in_words(value) for key, value in said.items()}
    if isinstance(said, list):
        return [in_words(value) for value in said]
    if not isinstance(said, str):
        return said
    for option, word in (("--batch-axis", "batch_axis"), ("--shape", "shape"), ("--dim", "dim"),
                         ("--batch", "batch")):
        said = said.replace(option, word)
    return said


# Those of the searched spaces and of hale's corpus, and some of the public tables.
DEVICES = [*hale.devices()[:32], *hale.devices()[32::25]]


class SameAsTheCommandLine(unittest.TestCase):
    maxDiff = 2000

    def check(self, paths, names, *more):
        expected = command_line(paths, names, *more)
        results, errors = answered(paths, names, kernels="--ops" in more)
        self.assertEqual(len(results) > 0, True)
        self.assertEqual(len(results), len(expected["results"]))
        for found, wanted in zip(results, expected["results"]):
            self.assertEqual(found, in_words(wanted))
        self.assertEqual(errors, in_words(expected["errors"]))

    def test_fixtures_on_devices(self):
        self.check(FIXTURES, DEVICES)

    @unittest.skipUnless(MODELS, "data_dir holds no ONNX files")
    def test_models_on_devices(self):
        self.check(MODELS, DEVICES)

    def test_kernels_of_fixtures(self):
        self.check(FIXTURES, ["default", "gold_6226"], "--ops")

    @unittest.skipUnless(MODELS, "data_dir holds no ONNX files")
    def test_kernels_of_models(self):
        self.check(MODELS, ["default"], "--ops")

    def test_architectures(self):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(ARCH + "\n" + ARCH.replace("nor_conv_3x3~0|+|n", "none~0|+|n") + "\n")
            file.flush()
            rows = command_line([], ["gold_6226", "fpga"], "--space", "nasbench201", "--archs",
                                file.name)["results"]
        for device in ("gold_6226", "fpga"):
            wanted = [row for row in rows if row["device"] == device]
            found = hale.score(device, "nasbench201", [row["arch"] for row in wanted])
            self.assertEqual([rounded(ms) for ms in found.median_ms],
                             [row["latency_ms"] for row in wanted])
            self.assertEqual([[rounded(low), rounded(high)]
                              for low, high in zip(found.low_ms, found.high_ms)],
                             [row["interval_ms"] for row in wanted])
            self.assertEqual(list(found.verdicts), [row["verdict"] for row in wanted])

    def test_shapes_batches_and_dims(self):
        with tempfile.TemporaryDirectory() as folder:
            path = wire.convolution(folder + "/open.onnx")
            for said, words in (({"batch": 3}, ["--batch", "3"]),
                                ({"dims": {"N": 5}}, ["--dim", "N=5"]),
                                ({"shapes": (2, 32, 24, 24)}, ["--shape", "x:2x32x24x24"]),
                                ({"shapes": {"x": (2, 32, 24, 24)}}, ["--shape", "x:2x32x24x24"])):
                answer = hale.Device().answer(hale.Model(path, **said))
                self.assertEqual([row_of(answer)],
                                 command_line([path], ["default"], *words)["results"])


    def test_branches_and_values(self):
        with tempfile.TemporaryDirectory() as folder:
            path = wire.choice(folder + "/choice.onnx")
            for said, words, columns in (({}, [], 16),
                                         ({"takes": {"r": "else"}}, ["--take", "r=else"], 8),
                                         ({"takes": {"r": "then"}}, ["--take", "r=then"], 16),
                                         ({"values": {"cache": 0}}, ["--value", "cache=0"], 8),
                                         ({"values": {"cache": True}}, ["--value", "cache=1"], 16)):
                answer = hale.Device().answer(hale.Model(path, **said))
                self.assertEqual(answer.macs, 4 * 8 * columns)
                self.assertEqual([row_of(answer)],
                                 command_line([path], ["default"], *words)["results"])
            with self.assertRaisesRegex(hale.HaleError, "value: input 'cache' is of i1"):
                hale.Model(path, values={"cache": 0.5})


class ManyAtOnce(unittest.TestCase):
    def test_eight_threads_give_what_one_gives(self):
        models = [hale.Model(path) for path in FIXTURES]
        for name in ("default", "gold_6226"):
            one = [self.answer(hale.Device(name), model) for model in models]
            shared = hale.Device(name)
            fresh = [hale.Model(path) for path in FIXTURES]
            found = [None] * 8

            def work(i):
                found[i] = [self.answer(shared, model) for model in fresh]

            threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            for each in found:
                self.assertEqual(each, one)

    def test_a_table_holds_the_single_answers_whatever_the_threads(self):
        names = ["default", "gold_6226", "fpga"]
        for threads in (1, 2, 8):
            table = hale.table(FIXTURES, names, threads=threads)
            for i, path in enumerate(FIXTURES):
                for j, name in enumerate(names):
                    answer = self.answer(hale.Device(name), hale.Model(path))
                    if isinstance(answer, str):
                        self.assertEqual(table.reasons[i, j], answer)
                        self.assertTrue(math.isnan(table.median_ms[i][j]))
                    else:
                        self.assertEqual(table.median_ms[i][j], answer.median_ms)
                        self.assertEqual(table.low_ms[i][j], answer.low_ms)
                        self.assertEqual(table.high_ms[i][j], answer.high_ms)
                        self.assertNotIn((i, j), table.reasons)

    @staticmethod
    def answer(device, model):
        try:
            return device.answer(model, kernels=True)
        except hale.HaleError as error:
            return str(error)

    def test_a_table_without_models_is_empty(self):
        self.assertEqual(hale.table([], ["default"]).reasons, {})


class Graphs(unittest.TestCase):
    def same(self, path, graph):
        """All but the name and the locations of what has none."""
        file, built = hale.Model(path), graph.model()
        for name in ("default", "pytorch-1.13-1t"):
            device = hale.Device(name)
            wanted, found = (row_of(device.answer(each, kernels=True)) for each in (file, built))
            for row in (wanted, found):
                del row["model"]
                for kernel in row["ops"]:
                    del kernel["kernel"]
            self.assertEqual(found, wanted)

    def test_a_chain_is_answered_as_its_file(self):
        with tempfile.TemporaryDirectory() as folder:
            inputs = [("x", [1, 32, 24, 24]), ("w", [32, 1, 3, 3]), ("v", [10, 32])]
            path = wire.model(
                folder + "/chain.onnx",
                [wire.node("Conv", ["x", "w"], ["c"], group=32), wire.node("Relu", ["c"], ["r"]),
                 wire.node("GlobalAveragePool", ["r"], ["p"]),
                 wire.node("Flatten", ["p"], ["f"], axis=1),
                 wire.node("Gemm", ["f", "v"], ["y"], transB=1)],
                [wire.value(*each) for each in inputs], [wire.value("y", [1, 10])])
            graph = hale.Graph("chain")
            x, w, v = (graph.input(*each) for each in inputs)
            value = graph.add("Relu", graph.add("Conv", x, w, group=32))
            self.assertEqual((value.shape, value.element), ((1, 32, 22, 22), "f32"))
            value = graph.add("Flatten", graph.add("GlobalAveragePool", value), axis=1)
            graph.output(graph.add("Gemm", value, v, None, transB=1), "y")
            self.same(path, graph)

    def test_regions_are_answered_as_their_file(self):
        with tempfile.TemporaryDirectory() as folder:
            def branch(op, name):
                return wire.graph([wire.node(op, ["x", "w"], [name])], [],
                                  [wire.value(name, [64, 64])])
            path = wire.model(
                folder + "/if.onnx",
                [wire.node("If", ["c"], ["y"], then_branch=branch("MatMul", "t"),
                           else_branch=branch("Add", "e"))],
                [wire.value("c", [], wire.BOOL), wire.value("x", [64, 64]),
                 wire.value("w", [64, 64])], [wire.value("y", [64, 64])])
            graph = hale.Graph("if")
            c = graph.input("c", (), "bool")
            x, w = graph.input("x", (64, 64)), graph.input("w", (64, 64))
            regions = {}
            for name, op in (("then_branch", "MatMul"), ("else_branch", "Add")):
                graph.open_region()
                graph.output(graph.add(op, x, w))
                regions[name] = graph.close_region()
            graph.output(graph.add("If", c, regions=regions), "y")
            self.same(path, graph)

    def test_open_extents_constants_lists_and_several_results(self):
        graph = hale.Graph("open")
        x = graph.input("x", ("N", None, 8), "f16")
        self.assertEqual((x.shape, x.element), ((None, None, 8), "f16"))
        parts = graph.add("Split", x, graph.integers([2, 6]), axis=2, results=2)
        self.assertEqual([part.shape[2] for part in parts], [2, 6])
        scaled = graph.add("Resize", graph.input("i", (1, 3, 8, 8)), None,
                           graph.numbers([1, 1, 2, 2]), mode="nearest")
        self.assertEqual(scaled.shape, (1, 3, 16, 16))
        own = graph.add("Mine", scaled, domain="my.own", types=[((1, 5), "f32")], scales=[1.5, 2],
                        names=["a", "b"], attributes={"name": "n"})
        self.assertEqual(own.shape, (1, 5))
        graph.output(own)
        self.assertEqual(graph.model(dims={"N": 4}).batch, 4)
        self.assertEqual(graph.model(batch=3, batch_axes={"x": 2}).batch, 3)
        with self.assertRaisesRegex(hale.HaleError, "no open dimension 'M'"):
            graph.model(dims={"M": 4})

    def test_extents_follow_from_names_and_may_be_zero(self):
        graph = hale.Graph("step")
        q = graph.input("q", ("seq", 64))
        cache = graph.input("cache", (64, "past + seq"))
        graph.output(graph.add("MatMul", q, cache), "y")
        device = hale.Device()
        for past, seq in ((0, 4), (12, 4), (0, 0)):
            model = graph.model(dims={"past": past, "seq": seq})
            self.assertEqual(device.answer(model).macs, 64 * seq * (past + seq))
        self.assertEqual(device.answer(graph.model(dims={"past + seq": 8, "seq": 2})).macs, 1024)
        for dims, message in (
                ({"sequence": 1}, "dim: no open dimension 'sequence'; did you mean 'seq'.; there "
                                  "are: 'seq', 'past'; give dim seq=N dim past=N$"),
                ({"past": 1, "seq": 2, "past + seq": 4}, "as 4, but it is 3 by past=1, seq=2"),
                ({"past": -1}, "expected one in .0, ")):
            with self.assertRaisesRegex(hale.HaleError, message):
                graph.model(dims=dims)

    def test_what_does_not_fit_is_refused_and_changes_nothing(self):
        graph, other = hale.Graph("a"), hale.Graph("b")
        x = graph.input("x", (1, 8))
        stranger = other.input("x", (1, 8))
        refusals = (
            (lambda: graph.add("MatMul", x, graph.weight("w", (9, 8)), location="fc"), "fc"),
            (lambda: graph.add("MatMul", x), "MatMul"),
            (lambda: graph.add("Relu", stranger), "expected a value of this graph"),
            (lambda: graph.add("Relu", 3), "expected a value of this graph"),
            (lambda: graph.add("Relu", x, alpha=object()), "alpha"),
            (lambda: graph.add("Relu", x, alpha=[1, "a"]), "alpha"),
            (lambda: graph.add("Relu", x, alpha=2**70), "alpha"),
            (lambda: graph.add("Concat", x, axis="one"), "axis"),
            (lambda: graph.add("If", x, regions={"then_branch": 7}), "then_branch"),
            (lambda: graph.input("y", (1, -3)), "-3"),
            (lambda: graph.input("y", (1,) * 65), "65"),
            (lambda: graph.input("y", (1, 2), "f33"), "f33"),
            (lambda: graph.input("y", (2.5,)), "2.5"),
            (lambda: graph.input("a\0b", (1,)), "zero byte"),
            (lambda: graph.input("\ud800", (1,)), "surrogates"),
            (lambda: graph.weight("y", ("N", 2)), "extent -1"),
            (lambda: graph.integers([1, 2], (3,)), "found 2 elements, expected 3"),
            (lambda: graph.integers(range(2000)), "at most 1024"),
            (lambda: graph.output(None), "value"),
            (lambda: graph.close_region(), "open region"),
            (lambda: graph.model(), "no output"),
        )
        for refused, message in refusals:
            with self.assertRaisesRegex(hale.HaleError, message):
                refused()
        graph.output(graph.add("Relu", x))
        self.assertGreater(hale.Device().answer(graph.model()).median_ms, 0)


class Refusals(unittest.TestCase):
    def test_messages_are_those_of_the_library(self):
        refusals = (
            (lambda: hale.Device("nowhere"), "^nowhere: no file, and no built-in device"),
            (lambda: hale.Device(b"\xff\xfe"), "no built-in device"),
            (lambda: hale.Device("a\0b"), "zero byte"),
            (lambda: hale.Device(None), "device"),
            (lambda: hale.Device(CELL), "best_cifar10.onnx: "),
            (lambda: hale.Model("nowhere.onnx"), "^nowhere.onnx: "),
            (lambda: hale.Model(b"abc", name="mine"), "mine"),
            (lambda: hale.Model(b""), ""),
            (lambda: hale.Model(CELL, batch=0), "batch: found 0"),
            (lambda: hale.Model(CELL, batch=2**40), "batch: found 1099511627776"),
            (lambda: hale.Model(CELL, batch=1.5), "1.5"),
            (lambda: hale.Model(CELL, shapes={"nope": (1, 2)}), "no input 'nope'"),
            (lambda: hale.Model(CELL, shapes=(1, -1)), "extent -1"),
            (lambda: hale.Model(CELL, shapes=(1,) * 99), "found 99"),
            (lambda: hale.Model(CELL, dims={"nope": 1}), "no open dimension 'nope'"),
            (lambda: hale.Model(CELL, batch_axes={"nope": 1}), "batch_axis: no input 'nope'"),
            (lambda: hale.Model(CELL, takes={"nope": "else"}), "take: no If node 'nope'"),
            (lambda: hale.Model(CELL, takes={"nope": "both"}), "take 'nope': found 'both'"),
            (lambda: hale.Model(CELL, values={"nope": 1}), "value: no input 'nope'"),
            (lambda: hale.Model(CELL, values={"nope": "x"}), "value 'nope': found 'x'"),
            (lambda: hale.score("gold_6226", "nasbench201", ["|none~0|"]), "none~0"),
            (lambda: hale.score("gold_6226", "nasbench201", [b"\xff"]), ""),
            (lambda: hale.score("gold_6226", "nowhere", [ARCH]), "nowhere"),
            (lambda: hale.table([CELL], ["default"], threads=0), "threads"),
        )
        for refused, message in refusals:
            with self.assertRaisesRegex(hale.HaleError, message):
                refused()

    def test_bytes_are_read_as_the_file(self):
        device = hale.Device("gold_6226")
        data = pathlib.Path(CELL).read_bytes()
        self.assertEqual(device.answer(hale.Model(data, name=CELL)), device.answer(CELL))
        self.assertEqual(device.answer(hale.Model(memoryview(data))).model, "")


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[5:]])
