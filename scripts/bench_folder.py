#!/usr/bin/env python3
"""How long a folder of 1080p clips takes: `vidcv sample --out`, the Python service's way, PySceneDetect and ffmpeg's scdet.

usage: bench_folder.py PROGRAMS SOURCE FOLDER [CLIPS [ROUNDS]]

CLIPS (10) clips of 8 s are cut out of SOURCE into FOLDER, once. Each program is started once for the whole folder (ffmpeg, which takes one
file, once per file), and all take turns; of ROUNDS (3) the best seconds on the clock count. Two of them write JPEGs, the others only look, and each
is compared with vidcv doing the same.
Needs opencv-python-headless==4.12.0.88 and scenedetect in the Python that runs this.
"""
import pathlib
import subprocess
import sys
import tempfile
import time

REFERENCE = pathlib.Path(__file__).resolve().parent.parent / "test/parity/reference.py"
SERVICE = """
import pathlib, sys
sys.path.insert(0, sys.argv[1])
import reference
for number, clip in enumerate(sys.argv[3:]):
    folder = pathlib.Path(sys.argv[2]) / str(number)
    folder.mkdir()
    reference.extract(clip, reference.sample(clip)[0], str(folder))
"""
DETECT = """
import sys
from scenedetect import ContentDetector, detect
for clip in sys.argv[1:]:
    detect(clip, ContentDetector())
"""


def make_clips(source, folder, count):
    """Clips from moments spread over the source, re-encoded so that each begins with a keyframe of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    length = float(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", source], check=True,
                                  capture_output=True, text=True).stdout)
    for number in range(count):
        clip = folder / f"clip-{number:03}.mp4"
        if not clip.exists():
            start = (length - 8) * number / max(1, count - 1)
            subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-ss", f"{start:.3f}", "-t", "8", "-i", source, "-an", "-c:v", "libx264",
                            "-preset", "veryfast", "-crf", "23", str(clip)], check=True)
    return sorted(map(str, folder.glob("clip-*.mp4")))[:count]


def programs(vidcv, clips, folder):
    """Name and commands of each contender, vidcv's before those compared with it; what is written goes below `folder`."""
    python = sys.executable
    return {
        "vidcv sample --out": [[vidcv, "-q", "--out", f"{folder}/vidcv", *clips]],
        "reference.py: sample and extract": [[python, "-c", SERVICE, str(REFERENCE.parent), folder, *clips]],
        "vidcv sample": [[vidcv, "-q", *clips]],
        "PySceneDetect": [[python, "-c", DETECT, *clips]],
        "ffmpeg -vf scdet": [["ffmpeg", "-nostdin", "-v", "quiet", "-i", clip, "-vf", "scdet", "-f", "null", "-"] for clip in clips],
    }


def seconds(commands):
    start = time.perf_counter()
    for command in commands:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def main(folder_of_programs, source, folder, count=10, rounds=3):
    clips = make_clips(source, pathlib.Path(folder), int(count))
    vidcv = str(pathlib.Path(folder_of_programs) / "vidcv-sample")
    best = {}
    for _ in range(int(rounds)):
        with tempfile.TemporaryDirectory() as scratch:
            for name, commands in programs(vidcv, clips, scratch).items():
                best[name] = min(best.get(name, float("inf")), seconds(commands))
    print(f"{len(clips)} clips of 8 s\n\n| | s | times vidcv |\n|---|---|---|")
    for name, taken in best.items():
        ours = taken if name.startswith("vidcv") else ours
        print(f"| {name} | {taken:.2f} | {taken / ours:.2f} |")


main(*sys.argv[1:])
