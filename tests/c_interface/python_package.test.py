"""The package hale itself: how it finds and refuses libraries, its arrays, and the page about it.

  python_package.test.py PACKAGES LIBRARY [unittest's arguments]
"""
import ctypes
import ctypes.util
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

PACKAGES, LIBRARY = (pathlib.Path(word).resolve() for word in sys.argv[1:3])
TESTS = pathlib.Path(__file__).resolve().parents[1]
CELL = str(TESTS / "lift" / "fixtures" / "best_cifar10.onnx")

sys.path.insert(0, str(PACKAGES))
import hale  # noqa: E402

hale.load(LIBRARY)


class ThePackageItself(unittest.TestCase):
    def run_python(self, folder, environment):
        return subprocess.run([sys.executable, "-c", "import hale; print(hale.version())"],
                              capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONPATH": folder, **environment})

    def test_finds_the_library(self):
        beside = str(LIBRARY.parents[1] / "onnx")
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(PACKAGES / "hale", pathlib.Path(folder) / "hale")
            nowhere = self.run_python(folder, {"LD_LIBRARY_PATH": ""})
            if nowhere.returncode != 0:  # else it is installed on this machine
                self.assertIn("hale.load(path) names it", nowhere.stderr)
            by_loader = self.run_python(folder, {"LD_LIBRARY_PATH": f"{LIBRARY.parent}:{beside}"})
            self.assertEqual(by_loader.stdout, hale.version() + "\n", by_loader.stderr)
            (pathlib.Path(folder) / "libhale-predict.so").symlink_to(LIBRARY)
            found = self.run_python(folder, {"LD_LIBRARY_PATH": beside})
            self.assertEqual(found.stdout, hale.version() + "\n", found.stderr)

    def test_refuses_another_library(self):
        spec = importlib.util.spec_from_file_location(
            "other_hale", PACKAGES / "hale" / "__init__.py",
            submodule_search_locations=[str(PACKAGES / "hale")])
        other = importlib.util.module_from_spec(spec)
        sys.modules["other_hale"] = other
        spec.loader.exec_module(other)
        with self.assertRaisesRegex(other.HaleError, "is not found"):
            other.load("/nowhere/libhale-predict.so")
        with self.assertRaisesRegex(other.HaleError, "is not the library hale-predict"):
            other.load(ctypes.util.find_library("c") or "libc.so.6")

    def test_arrays_are_numpys_or_lists(self):
        had = hale._library.numpy
        try:
            hale._library.numpy = None
            table = hale.table([CELL, CELL], ["gold_6226"])
            self.assertIsInstance(table.median_ms, list)
            self.assertEqual(len(table.median_ms), 2)
            self.assertEqual(len(table.median_ms[0]), 1)
        finally:
            hale._library.numpy = had
        if had is not None:
            arrays = hale.table([CELL, CELL], ["gold_6226"])
            self.assertEqual(arrays.median_ms.shape, (2, 1))
            self.assertEqual(arrays.median_ms.tolist(), table.median_ms)
            self.assertEqual(hale.score("gold_6226", "nasbench201", []).median_ms.shape, (0,))

    def test_devices(self):
        self.assertGreater(len(hale.devices()), 10)
        self.assertEqual(hale.Device().name, "onnxruntime-1.22-all-1t")
        self.assertEqual(repr(hale.Device("fpga")), "hale.Device('fpga')")

    def test_the_page_about_it(self):
        """The blocks of docs/embedding.md: of C where there is a compiler, and of Python."""
        page = (TESTS.parent / "docs" / "embedding.md").read_text()
        wanted = f"{hale.Device('gold_6226').answer(CELL).median_ms:.2f} ms\n"
        blocks = [block.split("```")[0] for block in page.split("```python\n")[1:]]
        beside = str(LIBRARY.parents[1] / "onnx")
        environment = {**os.environ, "PYTHONPATH": str(PACKAGES),
                       "LD_LIBRARY_PATH": f"{LIBRARY.parent}:{beside}"}
        done = subprocess.run([sys.executable, "-c", blocks[0], CELL], env=environment,
                              capture_output=True, text=True, check=False)
        self.assertEqual(done.stdout, wanted, done.stderr)
        done = subprocess.run([sys.executable, "-c", "import hale\n" + blocks[1]],
                              env=environment, capture_output=True, text=True, check=False)
        self.assertIn("location='fc'", done.stdout, done.stderr)
        if not shutil.which("cc"):
            self.skipTest("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder) / "page.c"
            source.write_text(page.split("```c\n")[1].split("```")[0])
            include = TESTS.parent / "frontends" / "predict" / "include"
            subprocess.run(["cc", "-std=c99", "-Wall", "-Werror", f"-I{include}", source, LIBRARY,
                            "-Wl,--allow-shlib-undefined", "-o", folder + "/page"], check=True)
            done = subprocess.run([folder + "/page", CELL], env=environment, capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.stdout, wanted, done.stderr)

    def test_plain_ctypes(self):
        library = ctypes.CDLL(str(LIBRARY))
        library.hale_device_open.restype = ctypes.c_void_p
        library.hale_device_name.restype = ctypes.c_char_p
        error = ctypes.c_char_p()
        device = library.hale_device_open(b"fpga", ctypes.byref(error))
        self.assertIsNone(error.value)
        self.assertEqual(library.hale_device_name(ctypes.c_void_p(device)), b"fpga")
        library.hale_device_close(ctypes.c_void_p(device))
        self.assertIsNone(library.hale_device_open(None, ctypes.byref(error)))
        self.assertIn(b"found NULL", error.value)
        library.hale_text_free(error)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])
