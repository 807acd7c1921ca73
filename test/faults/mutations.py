#!/usr/bin/env python3
"""Damaged clips of each codec: `vidcv sample` neither crashes nor hangs, says one thing about each file and stays small.

usage: mutations.py PROGRAMS FOLDER [COUNT [SEED]]

COUNT mutants (66): bit flips, truncations and splices of small clips, which are made in FOLDER/codecs once.
"""
import json
import pathlib
import random
import resource
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import SKIPPED, Vidcv  # noqa: E402

SOURCE = ["-f", "lavfi", "-i", "testsrc2=size=96x64:rate=12", "-frames:v", "8", "-threads", "1", "-bitexact"]
CLIPS = {  # encoders that this FFmpeg lacks are left out, and named
    "h264.mp4": ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"],
    "h264.ts": ["-c:v", "libx264", "-preset", "ultrafast"],
    "hevc.mkv": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none:pools=none"],
    "vp8.webm": ["-c:v", "libvpx"],
    "vp9.webm": ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"],
    "av1.mp4": ["-c:v", "libaom-av1", "-cpu-used", "8", "-usage", "realtime"],
    "mpeg1.mpg": ["-c:v", "mpeg1video", "-r", "25"],
    "mpeg2.ts": ["-c:v", "mpeg2video", "-r", "25"],
    "mpeg4.avi": ["-c:v", "mpeg4", "-bf", "2"],
    "msmpeg4.asf": ["-c:v", "msmpeg4"],
    "flv.flv": ["-c:v", "flv"],
    "h263.3gp": ["-c:v", "h263", "-s", "128x96"],
    "theora.ogv": ["-c:v", "libtheora"],
    "mjpeg.mov": ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"],
    "prores.mov": ["-c:v", "prores"],
    "gif.gif": [],
    "apng.png": ["-f", "apng"],
    "still.jpg": ["-frames:v", "1"],
    "still.png": ["-frames:v", "1"],
    "still.webp": ["-c:v", "libwebp", "-frames:v", "1"],
    "still.tif": ["-frames:v", "1"],
    "still.bmp": ["-frames:v", "1"],
}
BATCH = 25
SECONDS = 120  # for a batch; under a sanitizer as well


def make_clips(folder):
    folder.mkdir(exist_ok=True)
    clips = {}
    for name, options in CLIPS.items():
        file = folder / name
        if file.exists():
            clips[name] = file.read_bytes()
            continue
        done = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *SOURCE, *options, str(file)], capture_output=True)
        if done.returncode == 0:
            clips[name] = file.read_bytes()
        else:
            print(f"no {name}: this FFmpeg cannot write it")
    return clips


def mutant(clips, source, rng):
    """Bytes of one clip with bits flipped, an end cut off, or a piece of another clip in the middle."""
    data = bytearray(clips[source])
    kind = rng.randrange(3)
    if kind == 0:
        for _ in range(rng.choice([1, 4, 16, 64])):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    elif kind == 1:
        del data[rng.randrange(1, len(data)):]
    else:
        other = clips[rng.choice(sorted(clips))]
        start, length, place = rng.randrange(len(other)), rng.randrange(1, 2000), rng.randrange(len(data))
        data[place:place + rng.choice([0, length])] = other[start:start + length]
    return bytes(data)


def check(vidcv, files):
    """One run over some files: each is named once, in a result or in an error, and nothing else is said."""
    done = subprocess.run([vidcv.program, "sample", "--json", "-q", *files], capture_output=True, timeout=SECONDS)
    assert done.returncode in (0, 3), f"exit {done.returncode}: {done.stderr[-2000:].decode(errors='replace')}"
    objects = [json.loads(line) for line in done.stdout.splitlines()]
    assert [value["path"] for value in objects[:-1]] == files, "a file is missing, or told twice"
    errors = [value for value in objects if value["type"] == "error"]
    lines = done.stderr.decode().splitlines()
    assert len(lines) == len(errors), lines
    for value in objects[:-1]:
        assert value["type"] == "error" or value["frames_decoded"] > 0, value
    return len(errors)


def main(programs, fixtures, count=66, seed=1):
    vidcv, rng = Vidcv(programs), random.Random(int(seed))
    with tempfile.TemporaryDirectory() as name:
        clips = make_clips(pathlib.Path(fixtures) / "codecs")
        if not clips:
            print("no ffmpeg")
            sys.exit(SKIPPED)
        mutants = pathlib.Path(name) / "mutants"
        mutants.mkdir()
        files = []
        for i in range(int(count)):
            source = sorted(clips)[i % len(clips)]
            file = mutants / f"{i:05}-{source}"
            file.write_bytes(mutant(clips, source, rng))
            files.append(str(file))
        before = sorted(mutants.iterdir())
        refused = sum(check(vidcv, files[i:i + BATCH]) for i in range(0, len(files), BATCH))
        assert sorted(mutants.iterdir()) == before, "files appeared or went"
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"{len(files)} mutants of {len(clips)} clips, {refused} refused, at most {peak} MiB")


main(*sys.argv[1:])
