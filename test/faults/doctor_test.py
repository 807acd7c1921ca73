#!/usr/bin/env python3
"""`vidcv doctor` opens the encoder: a LibTorch that is gone is a failing check with the way out, and no fault of the model.

usage: doctor_test.py PROGRAMS FIXTURES
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import require, tiny_model  # noqa: E402


def checks(programs, *options):
    done = subprocess.run([programs / "vidcv", "doctor", "--json", *options], capture_output=True, text=True)
    found = {o["check"]: o for o in map(json.loads, done.stdout.splitlines()) if o["type"] == "check"}
    return done.returncode, found


def without_libtorch(programs, prefix):
    """The programs beside an encoder whose LibTorch is missing."""
    (prefix / "bin").mkdir()
    (prefix / "lib/vidcv").mkdir(parents=True)
    for name in ("vidcv", "vidcv-doctor", "vidcv-decoder"):
        shutil.copy2(programs / name, prefix / "bin")
    for name, libraries in (("libtorch_gone.so", []), ("vidcv-torch.so", ["-Wl,--no-as-needed", "-L", prefix, "-ltorch_gone"])):
        target = prefix / ("lib/vidcv" if name == "vidcv-torch.so" else ".") / name
        subprocess.run(["cc", "-shared", "-x", "c", "/dev/null", "-x", "none", "-o", target, *libraries], check=True)
    (prefix / "libtorch_gone.so").unlink()
    return prefix / "bin"


def main(programs, fixtures):
    require("torch")
    import torch
    programs = pathlib.Path(programs).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        code, found = checks(programs, "--model", model)
        assert found["encoder"]["health"] == found["model"]["health"] == "ok" and code == 0, found
        assert found["encoder"]["state"] == "LibTorch " + torch.__version__.split("+")[0], found["encoder"]
        prefix = folder / "prefix"
        prefix.mkdir()
        broken = without_libtorch(programs, prefix)
        code, found = checks(broken, "--model", model)
        assert code == 1 and found["encoder"]["health"] == "failure", found["encoder"]
        assert "libtorch_gone.so: cannot open shared object file" in found["encoder"]["state"], found["encoder"]
        assert "put LibTorch back" in found["encoder"]["remedy"], found["encoder"]
        assert found["model"]["health"] == "warning" and found["model"]["remedy"].startswith("see encoder"), found["model"]
        (prefix / "lib/vidcv/vidcv-torch.so").write_text("not a library")
        code, found = checks(broken)
        assert code == 1 and found["encoder"]["health"] == "failure", found["encoder"]
    print("doctor opens the encoder")


main(*sys.argv[1:3])
