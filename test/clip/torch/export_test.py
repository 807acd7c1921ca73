#!/usr/bin/env python3
"""Runs scripts/export_model.py on tiny modules: what it writes, and what it refuses. Needs a Python with torch."""
import contextlib
import hashlib
import importlib.util
import io
import json
import os
import struct
import sys
import tempfile
import unittest

try:
    import torch
except ImportError as failure:
    print(failure)
    sys.exit(77)  # skipped

sys.dont_write_bytecode = True  # nothing beside the script
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/export_model.py")
spec = importlib.util.spec_from_file_location("export_model", SCRIPT)
exporter = importlib.util.module_from_spec(spec)
spec.loader.exec_module(exporter)
GOOD = {"name": "tiny", "architecture": "linear", "input_size": 4, "resize_short": 5, "scale": 1 / 255,
        "mean": [0.5, 0.25, 0], "deviation": [1, 2, 4]}


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.head = torch.nn.Linear(48, 7)
        self.norm = torch.nn.BatchNorm1d(7)

    def forward(self, pictures):
        return self.norm(self.head(pictures.flatten(1)))


def expected_fingerprint(archive, d):
    """docs/models.md once more, from the archive alone."""
    def bits(*values):
        return " ".join("%016x" % struct.unpack(">Q", struct.pack(">d", v))[0] for v in values)
    text = (f"vidcv-model 1\narchitecture {d['architecture']}\nactivation {d['activation']}\ndim {d['dim']}\n"
            f"input_size {d['input_size']}\nresize_short {d['resize_short']}\ninterpolation {d['interpolation']}\n"
            f"scale {bits(d['scale'])}\nmean {bits(*d['mean'])}\ndeviation {bits(*d['deviation'])}\n")
    digest = hashlib.sha256(text.encode())
    for name, tensor in sorted(torch.jit.load(archive).state_dict().items()):
        if tensor.dtype == torch.float32:
            digest.update(f"tensor {name} F32 {'x'.join(map(str, tensor.shape))}\n".encode())
            digest.update(tensor.detach().numpy().astype("<f4").tobytes())
    return digest.hexdigest()


class Export(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        torch.manual_seed(0)
        self.module = torch.jit.trace(Tiny().eval(), torch.rand(2, 3, 4, 4))
        torch.jit.save(self.module, self.path("tiny.ts"))

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def export(self, description, file="tiny.ts"):
        """What the script prints, and what it would say on stderr when it stops."""
        with open(self.path("d.json"), "w", encoding="utf-8") as out:
            json.dump(description, out)
        printed, said = io.StringIO(), ""
        with contextlib.redirect_stdout(printed):
            try:
                exporter.main(["traced", self.path(file), "--describe", self.path("d.json"),
                               "-o", self.path("model.pt")])
            except SystemExit as stop:
                said = str(stop.code)
        return printed.getvalue(), said

    def refusal(self, description, file="tiny.ts"):
        printed, said = self.export(description, file)
        self.assertEqual((printed, said.count("\n")), ("", 0), said)
        self.assertFalse(os.path.exists(self.path("model.pt")))
        return said.replace(self.folder.name + "/", "")

    def test_a_model_says_what_was_described_and_gives_what_the_module_gives(self):
        printed, said = self.export(GOOD)
        self.assertEqual(said, "")
        extra = {"vidcv.json": ""}
        model = torch.jit.load(self.path("model.pt"), _extra_files=extra)
        record = json.loads(extra["vidcv.json"])
        fingerprint = expected_fingerprint(self.path("model.pt"), record)
        self.assertEqual(record, {"format": 1, **GOOD, "activation": "", "source": "", "interpolation": "bicubic",
                                  "dim": 7, "match_threshold": 0.65, "fingerprint": fingerprint})
        self.assertEqual(printed, f"tiny\t7\t{fingerprint}\n")
        pictures = torch.rand(5, 3, 4, 4)
        self.assertTrue(torch.equal(model(pictures), self.module(pictures)))
        self.assertEqual(sorted(os.listdir(self.folder.name)), ["d.json", "model.pt", "tiny.ts"])

    def test_the_fingerprint_knows_the_description_but_not_the_name(self):
        def fingerprint(**changes):
            return self.export({**GOOD, **changes})[0].split("\t")[2]
        self.assertEqual(fingerprint(), fingerprint(name="other", source="elsewhere", match_threshold=0.1))
        self.assertNotEqual(fingerprint(), fingerprint(mean=[0.5, 0.25, 1e-300]))

    def test_what_cannot_be_exported_is_refused_in_one_line(self):
        self.assertEqual(self.refusal({**GOOD, "dim": 8}), "export_model.py: description: dim: 8, the module gives 7")
        self.assertIn("description: mean: three numbers expected", self.refusal({**GOOD, "mean": [1, 2]}))
        self.assertIn("description: name: missing", self.refusal({k: v for k, v in GOOD.items() if k != "name"}))
        self.assertIn("scale and deviation above 0", self.refusal({**GOOD, "deviation": [1, 0, 1]}))
        self.assertIn("does not run on [n, 3, 5, 5]: RuntimeError: ", self.refusal({**GOOD, "input_size": 5}))
        self.assertIn("d.json: not a JSON object", self.refusal([]))
        self.assertIn("gone.ts: no TorchScript module: ", self.refusal(GOOD, "gone.ts"))
        self.assertIn("d.json: no TorchScript module: ", self.refusal(GOOD, "d.json"))


if __name__ == "__main__":
    unittest.main(warnings="ignore")
