#!/usr/bin/env python3
"""A model that is missing, no model, truncated, of the wrong width or gives NaN: one line that names it and the way out, exit 1."""
import json
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, require, tiny_model  # noqa: E402


def rewritten(model, target, module=None, **changes):
    """`model` saved as `target` with other fields in its description, or another module behind it."""
    import torch
    extra = {"vidcv.json": ""}
    loaded = torch.jit.load(str(model), _extra_files=extra)
    description = json.loads(extra["vidcv.json"])
    description.update(changes)
    torch.jit.save(module or loaded, str(target), _extra_files={"vidcv.json": json.dumps(description)})
    return target


def main(programs, fixtures):
    require("torch", "numpy")
    import torch
    vidcv, picture = Vidcv(programs), pathlib.Path(fixtures).resolve() / "bars.png"

    class NotANumber(torch.nn.Module):
        def forward(self, x):
            return x.mean((2, 3)).repeat(1, 4) * float("nan")

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        good = tiny_model(folder)
        nan = torch.jit.trace(NotANumber(), torch.rand(2, 3, 32, 32), check_trace=False)
        half = folder / "half.pt"
        half.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        plain = folder / "plain.pt"
        torch.jit.save(torch.jit.load(str(good)), str(plain))
        cases = {folder / "gone.pt": "No such file", picture: "not a model", half: "half.pt", plain: "vidcv.json",
                 rewritten(good, folder / "width.pt", dim=7): "7", rewritten(good, folder / "nan.pt", nan): "not finite"}
        for model, word in cases.items():
            done = vidcv.run("embed", "--model", model, picture, expect=1)
            lines = done.stderr.splitlines()
            assert len(lines) == 1 and model.name in lines[0] and word in lines[0], f"{model.name}: {done.stderr}"
            print(lines[0].replace(str(folder) + "/", ""))
        vidcv.run("embed", "--model", good, picture)
        unknown = vidcv.run("embed", "--model", good, "--device", "gpu", picture, expect=2)
        assert "gpu" in unknown.stderr
        absent = vidcv.run("embed", "--model", good, "--device", "cuda:7", picture, expect=1)
        assert "cuda:7" in absent.stderr


main(*sys.argv[1:3])
