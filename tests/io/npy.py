#!/usr/bin/env python3
"""numpy's own .npy files through hale and back. npy.py CONVERT_NPY"""

import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
except ImportError:
    print("skipped: absent: numpy")
    sys.exit(77)

TYPES = ("u1", "i1", "i4", "i8", "f4", "f8")


def main():
    convert, = sys.argv[1:]
    checked = 0
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in.npy"), pathlib.Path(folder, "out.npy")

        def run(array, read_as):
            numpy.save(source, array)
            return subprocess.run([convert, source, target, read_as], capture_output=True, text=True,
                                  check=False)

        for written in TYPES:
            for order in "CF":
                for shape in ((3, 4), (1, 7), (0, 5), (1000, 3)):
                    array = (numpy.arange(numpy.prod(shape)) % 100).reshape(shape)
                    array = numpy.array(array, written, order=order)
                    for read_as in TYPES:
                        done = run(array, read_as)
                        assert done.returncode == 0, done.stdout
                        back = numpy.load(target)
                        assert back.dtype == numpy.dtype(read_as), (back.dtype, read_as)
                        assert back.shape == shape and (back == array).all(), (written, read_as)
                        checked += 1
        for written, found in ((">i4", ">i4"), ("?", "|b1"), ("f2", "<f2"), ("U3", "<U3")):
            done = run(numpy.zeros((2, 2), written), "f8")
            assert done.returncode == 1 and f"'{found}'" in done.stdout, done.stdout
            checked += 1
        done = run(numpy.zeros((2, 2), [("a", "<i4"), ("b", "<f8")]), "f8")
        assert done.returncode == 1 and "several fields" in done.stdout, done.stdout
        done = run(numpy.zeros(3), "f8")
        assert done.returncode == 1 and "has the shape (3,), expected 2 axes" in done.stdout
    print(f"numpy {numpy.__version__}: {checked + 2} files agree")
    return 0


if __name__ == "__main__":
    sys.exit(main())
