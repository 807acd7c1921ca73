#!/usr/bin/env python3
"""HDR levels come out as the documented curve says, computed here again from the standards' formulas."""
import pathlib
import subprocess
import sys
import tempfile

from support import SKIPPED, Vidcv, require

LEVELS = [64, 150, 300, 420, 500, 573, 650, 721, 769, 850, 940]  # 10-bit luma, limited range
CLIPS = {"pq": "smpte2084", "hlg": "arib-std-b67"}


def light(kind, level):
    """In units of 203 cd/m2, at a display of 1000 cd/m2."""
    if kind == "pq":
        m1, m2, c1, c2, c3 = 0.1593017578125, 78.84375, 0.8359375, 18.8515625, 18.6875
        root = level ** (1 / m2)
        return 10000 * (max(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) / 203
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    import math

    scene = level * level / 3 if level <= 0.5 else (math.exp((level - c) / a) + b) / 12
    return 1000 * scene ** 1.2 / 203


def srgb(value, knee=0.3, peak=1000 / 203):
    if value > knee:
        value = min(value, peak)
        a = -knee * knee * (peak - 1) / (knee * knee - 2 * knee + peak)
        b = (knee * knee - 2 * knee * peak + peak) / (peak - 1)
        value = (b * b + 2 * b * knee + knee * knee) / (b - a) * (value + a) / (value + b)
    return 255 * (12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def make_clip(file, transfer, level):
    done = subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "color=gray:size=64x64:rate=5", "-frames:v", "1",
         "-vf", f"format=yuv420p10le,geq=lum={level}:cb=512:cr=512", "-c:v", "libx265", "-x265-params",
         f"log-level=none:lossless=1:colorprim=bt2020:transfer={transfer}:colormatrix=bt2020nc", str(file)], capture_output=True)
    return done.returncode == 0


def main(programs, _fixtures):
    require("numpy", "PIL")
    import numpy
    from PIL import Image

    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for kind, transfer in CLIPS.items():
            for level in LEVELS:
                clip = folder / f"{kind}-{level}.mp4"
                if not make_clip(clip, transfer, level):
                    print("this FFmpeg has no libx265")
                    sys.exit(SKIPPED)
                vidcv.run("sample", "--format", "png", "--out", folder / "frames", clip)
                got = numpy.asarray(Image.open(folder / "frames" / clip.stem / "frame_000000.png"))[32, 32].astype(int)
                wanted = srgb(light(kind, (level - 64) / 876))
                assert abs(got - wanted).max() <= 1.5, f"{kind} {level}: {got}, not {wanted:.1f}"
    print(f"{len(LEVELS) * len(CLIPS)} levels agree")


main(*sys.argv[1:3])
