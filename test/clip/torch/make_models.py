#!/usr/bin/env python3
"""make_models.py DIR: tiny models, good and bad, for encoder_test.cpp. Run with the Python that has torch."""
import importlib.util
import os
import shutil
import sys
import warnings
import zipfile

try:
    import torch
except ImportError as failure:
    print(failure)
    sys.exit(77)  # skipped

sys.dont_write_bytecode = True  # nothing beside the script
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../scripts/export_model.py")


class Mean(torch.nn.Module):
    """The average colour."""
    def forward(self, pictures):
        return pictures.mean((2, 3))


class NotANumber(torch.nn.Module):
    def forward(self, pictures):
        return pictures.mean((2, 3)) / 0 - pictures.mean((2, 3)) / 0


class Zero(torch.nn.Module):
    def forward(self, pictures):
        return pictures.mean((2, 3)) * 0


class Wide(torch.nn.Module):
    def forward(self, pictures):
        return torch.cat([pictures.mean((2, 3))] * 2, 1)


class Summary(torch.nn.Module):
    """One vector for all pictures."""
    def forward(self, pictures):
        return pictures.mean((0, 2, 3))[None].expand(2, 3)


class Failing(torch.nn.Module):
    def forward(self, pictures):
        return torch.matmul(pictures.mean((2, 3)), torch.ones(5, 3))


class Pair(torch.nn.Module):
    def forward(self, pictures):
        return pictures.mean((2, 3)), pictures


class Network(torch.nn.Module):
    """Wide enough for kernels that order their sums by batch size and by threads."""
    def __init__(self):
        super().__init__()
        self.first = torch.nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.second = torch.nn.Conv2d(64, 96, 3, stride=2, padding=1)
        self.last = torch.nn.Linear(96 * 16 * 16, 256)

    def forward(self, pictures):
        return self.last(torch.relu(self.second(torch.relu(self.first(pictures)))).flatten(1))


def describe(name, dim, side):
    return {"name": name, "architecture": "test", "dim": dim, "input_size": side, "resize_short": side, "scale": 1.0,
            "interpolation": "bicubic", "mean": [0.0] * 3, "deviation": [1.0] * 3}


def main(folder):
    warnings.simplefilter("ignore")
    spec = importlib.util.spec_from_file_location("export_model", SCRIPT)
    exporter = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exporter)
    os.makedirs(folder, exist_ok=True)
    torch.manual_seed(0)
    for module, dim, side in ((Mean(), 3, 8), (NotANumber(), 3, 8), (Zero(), 3, 8), (Wide(), 3, 8), (Summary(), 3, 8),
                              (Failing(), 3, 8), (Pair(), 3, 8), (Network(), 256, 64)):
        name = type(module).__name__.lower()
        script = torch.jit.script(module.eval())        # tracing would run what is made to fail
        description = exporter.check(describe(name, dim, side))
        fingerprint = exporter.fingerprint(exporter.floating(module), description)
        record = {"format": 1, **description, "fingerprint": fingerprint}
        exporter.write(torch, script, record, os.path.join(os.path.abspath(folder), name + ".pt"))
    hollow = os.path.join(folder, "hollow.pt")           # a description and no module
    with zipfile.ZipFile(os.path.join(folder, "mean.pt")) as source, zipfile.ZipFile(hollow, "w") as target:
        name = next(n for n in source.namelist() if n.endswith("/extra/vidcv.json"))
        target.writestr(name, source.read(name))
    shutil.copy(os.path.join(folder, "network.pt"), os.path.join(folder, "cut.pt"))
    os.truncate(os.path.join(folder, "cut.pt"), 1_000_000)


if __name__ == "__main__":
    main(sys.argv[1])
