"""The converter on the authors' files, where they are, and on files made to deceive it."""

import io
import os
import pickle
import struct
import subprocess
import sys
import tempfile
import unittest
import zipfile

SOURCE, DATA = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
sys.path.insert(0, SOURCE)
import container  # noqa: E402
import published  # noqa: E402


def run(*arguments):
    return subprocess.run([sys.executable, os.path.join(SOURCE, "help_import.py"), *arguments],
                          capture_output=True, text=True, check=False)


def archive(pickled, name="archive/data.pkl"):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as out:
        out.writestr(name, pickled)
    return stream.getvalue()


def other_widths(checkpoint):
    """The checkpoint with its first tensor, (8, 100), declared (4, 200)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(checkpoint)) as whole, zipfile.ZipFile(stream, "w") as out:
        for name in whole.namelist():
            data = whole.read(name)
            if name.endswith("/data.pkl"):
                shape, strides = b"K\x08Kd\x86", b"KdK\x01\x86"
                at = data.index(shape)
                data = (data[:at] +
                        data[at:].replace(shape, b"K\x04K\xc8\x86", 1)
                                 .replace(strides, b"K\xc8K\x01\x86", 1))
            out.writestr(name, data)
    return stream.getvalue()


class Malicious:
    def __reduce__(self):
        return os.system, ("touch " + self.path,)


class OnMadeFiles(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def path(self, name, data):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(data)
        return path

    def refused(self, data, message):
        with self.assertRaises(published.BadFile) as caught:
            published.load(self.path("x.pt", data))
        self.assertIn("x.pt", str(caught.exception))
        self.assertIn(message, str(caught.exception))

    def test_a_pickle_that_calls_a_function_is_refused_and_calls_nothing(self):
        malicious = Malicious()
        malicious.path = os.path.join(self.folder.name, "called")
        self.refused(archive(pickle.dumps(malicious, 2)), "wants to call")
        self.assertFalse(os.path.exists(malicious.path))

    def test_files_that_are_no_archive_are_refused(self):
        whole = archive(pickle.dumps([1.0, 2.0], 2))
        for data in (b"", b"not a zip", whole[: len(whole) // 2]):
            self.refused(data, "is no whole zip archive")
        self.refused(archive(b"", "archive/other.pkl"), "members named data.pkl, expected one")

    def test_a_cut_pickle_is_refused_at_every_byte(self):
        pickled = pickle.dumps({"a": [1.5, 2, "x"]}, 2)
        for size in range(len(pickled)):
            self.refused(archive(pickled[:size]), "x.pt")

    def test_a_table_of_another_length_is_refused_and_leaves_no_file(self):
        self.path("raw/str_arch2idx.pt", archive(pickle.dumps({"a": 0, "b": 1}, 2)))
        self.path("raw/latency/cpu.pt", archive(pickle.dumps([1.0], 2)))
        self.table_refused("nasbench201", "holds 1 values, expected a list of 2")

    def test_a_table_is_written_in_index_order_with_six_digits(self):
        self.path("raw/str_arch2idx.pt", archive(pickle.dumps({"b": 1, "a": 0}, 2)))
        self.path("raw/latency/cpu.pt", archive(pickle.dumps([1.23456789, 3], 2)))
        output = os.path.join(self.folder.name, "out.csv")
        done = run("table", "--space", "nasbench201", "--raw",
                   os.path.join(self.folder.name, "raw"), "-o", output)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(output, encoding="utf-8") as table:
            self.assertEqual(table.read(), "arch,cpu\na,1.23457\nb,3\n")

    def table_refused(self, space, message):
        """Exit 1, one line that says why, no file."""
        output = os.path.join(self.folder.name, "out.csv")
        done = run("table", "--space", space, "--raw", os.path.join(self.folder.name, "raw"),
                   "-o", output)
        self.assertEqual(done.returncode, 1)
        self.assertIn(message, done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual([n for n in os.listdir(self.folder.name) if n.startswith("out")], [])

    def test_lists_of_architectures_of_another_form_are_refused(self):
        for space, name, content in (("nasbench201", "str_arch2idx.pt", ["a"]),
                                     ("nasbench201", "str_arch2idx.pt", {"a": 0, "b": 2}),
                                     ("nasbench201", "str_arch2idx.pt", {"a": 0, "b": "1"}),
                                     ("fbnet", "metainfo.pt", {}),
                                     ("fbnet", "metainfo.pt", {"arch": [{"op_idx_list": 3}]}),
                                     ("ofa", "ofa_archs.pt", {"arch": [{"d": [2]}]}),
                                     ("ofa", "ofa_archs.pt", 1)):
            with self.subTest(space, content=content):
                self.path(f"raw/{name}", archive(pickle.dumps(content, 2)))
                self.table_refused(space, f"{name}: is no list of architectures of {space}")

    def test_latencies_that_are_no_finite_numbers_are_refused(self):
        self.path("raw/str_arch2idx.pt", archive(pickle.dumps({"a": 0, "b": 1}, 2)))
        for value in ("2.0", None, float("nan"), float("inf")):
            with self.subTest(value=value):
                self.path("raw/latency/cpu.pt", archive(pickle.dumps([1.0, value], 2)))
                self.table_refused("nasbench201", "cpu.pt: row 1 is")

    def test_a_folder_without_tables_is_refused(self):
        self.path("raw/str_arch2idx.pt", archive(pickle.dumps({"a": 0}, 2)))
        self.path("raw/latency/README", b"")
        self.table_refused("nasbench201", "latency: holds no .pt file")

    def test_an_output_that_cannot_be_written_is_an_error_and_leaves_nothing(self):
        self.path("raw/str_arch2idx.pt", archive(pickle.dumps({"a": 0}, 2)))
        self.path("raw/latency/cpu.pt", archive(pickle.dumps([1.0], 2)))
        os.mkdir(os.path.join(self.folder.name, "taken"))
        for output in ("taken", "absent/out.csv"):
            with self.subTest(output):
                done = run("table", "--space", "nasbench201", "--raw",
                           os.path.join(self.folder.name, "raw"), "-o",
                           os.path.join(self.folder.name, output))
                self.assertEqual(done.returncode, 1)
                self.assertIn(output, done.stderr)
                self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["raw", "taken"])

    def test_checksum_is_fnv_1a(self):
        self.assertEqual(container.checksum(b""), 0xCBF29CE484222325)
        self.assertEqual(container.checksum(b"a"), 0xAF63DC4C8601EC8C)
        self.assertEqual(container.checksum(b"foobar"), 0x85944171F73967E8)


class OnTheAuthorsFiles(unittest.TestCase):
    def setUp(self):
        if not os.path.isdir(os.path.join(DATA, "raw")):
            self.skipTest(f"absent: {DATA}/raw")

    def test_tables_equal_the_published_ones_byte_for_byte(self):
        for space in ("nasbench201", "fbnet", "ofa"):
            with self.subTest(space), tempfile.TemporaryDirectory() as folder:
                output = os.path.join(folder, "table.csv")
                done = run("table", "--space", space, "--raw", os.path.join(DATA, "raw", space),
                           "-o", output)
                self.assertEqual(done.returncode, 0, done.stderr)
                with open(output, "rb") as made, \
                        open(os.path.join(DATA, space, "latency_ms.csv"), "rb") as expected:
                    self.assertEqual(made.read(), expected.read())

    def made_base(self, space):
        """The sections of a converted checkpoint."""
        with tempfile.TemporaryDirectory() as folder:
            output = os.path.join(folder, "authors.hale")
            done = run("base", "--space", space, "--raw", os.path.join(DATA, "raw", space), "-o",
                       output)
            self.assertEqual(done.returncode, 0, done.stderr)
            with open(output, "rb") as made:
                data = made.read()
        self.assertEqual(struct.unpack("<Q", data[-8:])[0], container.checksum(data[:-8]))
        sections, at = {}, 16
        for _ in range(struct.unpack("<I", data[12:16])[0]):
            length = struct.unpack("<H", data[at : at + 2])[0]
            name = data[at + 2 : at + 2 + length].decode()
            at += 2 + length
            size = struct.unpack("<Q", data[at : at + 8])[0]
            sections[name] = data[at + 8 : at + 8 + size]
            at += 8 + size
        return sections

    def test_a_base_holds_the_checkpoints_tensors(self):
        sizes = {"nasbench201": 123001, "fbnet": 115201, "ofa": 116501}
        # Where the hardware tower begins, behind the architecture's.
        towers = {"nasbench201": 8 * 100 + 100 + 3 * (100 * 100 + 100),
                  "fbnet": 132 * 100 + 100 + 100 * 100 + 100,
                  "ofa": 145 * 100 + 100 + 100 * 100 + 100}
        for space, size in sizes.items():
            with self.subTest(space):
                sections = self.made_base(space)
                self.assertEqual({name: len(payload) // 4 for name, payload in sections.items()
                                  if name in ("theta", "rates", "modulator")},
                                 {"theta": size, "rates": size, "modulator": 13376})
                self.assertEqual(sections["references"].count(b"\n"), 10)
                checkpoint = os.path.join(DATA, "raw", space, "checkpoint", "help_max_corr.pt")
                model = published.load(checkpoint)["model"]
                theta = struct.unpack(f"<{size}f", sections["theta"])
                head = model["meta_learner.fc5.weight"]
                self.assertEqual(head.shape, (1, 200))
                self.assertEqual(list(theta[-201:-1]), list(head.values))
                tower = model["meta_learner.fc_hw1.weight"]  # (100, 10), stored (10, 100)
                self.assertEqual(theta[towers[space] + 1], tower.values[10])

    def base_refused(self, checkpoint, message):
        with tempfile.TemporaryDirectory() as folder:
            raw = os.path.join(folder, "raw")
            authors = os.path.join(DATA, "raw", "nasbench201")
            os.makedirs(os.path.join(raw, "checkpoint"))
            for name in ("latency", "str_arch2idx.pt", "hardware_embedding_index.pt"):
                os.symlink(os.path.join(authors, name), os.path.join(raw, name))
            with open(os.path.join(raw, "checkpoint", "help_max_corr.pt"), "wb") as out:
                out.write(checkpoint)
            output = os.path.join(folder, "out.hale")
            done = run("base", "--space", "nasbench201", "--raw", raw, "-o", output)
            self.assertEqual(done.returncode, 1)
            self.assertIn("help_max_corr.pt", done.stderr)
            self.assertIn(message, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertEqual(os.listdir(folder), ["raw"])

    def test_checkpoints_of_another_form_are_refused(self):
        def authors(space):
            path = os.path.join(DATA, "raw", space, "checkpoint", "help_max_corr.pt")
            with open(path, "rb") as checkpoint:
                return checkpoint.read()

        whole = authors("nasbench201")
        self.base_refused(whole[: len(whole) // 2], "is no whole zip archive")
        self.base_refused(whole.replace(b"K\x08Kd\x86", b"K\x04K\xc8\x86"), "no whole zip")
        self.base_refused(authors("fbnet"), "has no tensor meta_learner.gc1.weight")
        self.base_refused(archive(pickle.dumps([1], 2)), "is no checkpoint")
        self.base_refused(archive(pickle.dumps({"model": 1, "task_lr": 1, "inference_network": 1},
                                               2)), "is no checkpoint")
        self.base_refused(other_widths(whole),
                          "meta_learner.gc1.weight is (4, 200), expected (8, 100)")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
