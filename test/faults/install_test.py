#!/usr/bin/env python3
"""`cmake --install` to any prefix runs from there: the driver finds its programs, and they find the encoder."""
import os
import pathlib
import subprocess
import sys
import tempfile


def main(programs, fixtures):
    build = pathlib.Path(programs).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder) / "a prefix"
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True, capture_output=True)
        vidcv = prefix / "bin/vidcv"
        assert sorted(os.listdir(prefix / "bin")) == ["vidcv"]
        done = subprocess.run([vidcv, "sample", "-q", pathlib.Path(fixtures) / "bars.png"], check=True, capture_output=True, text=True)
        assert "bars.png\t0\t" in done.stdout
        version = subprocess.run([vidcv, "--version"], check=True, capture_output=True, text=True).stdout
        has_torch = (build / "lib/vidcv/vidcv-torch.so").exists()
        assert ("LibTorch not there" not in version) == has_torch, version
        assert subprocess.run([vidcv, "config"], capture_output=True).returncode == 0
    print("an installed prefix runs")


main(*sys.argv[1:3])
