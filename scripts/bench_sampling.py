#!/usr/bin/env python3
"""What `vidcv sample` costs beyond decoding: CPU seconds per codec and size, beside ffmpeg's own, one thread each.

usage: bench_sampling.py PROGRAMS SOURCE FOLDER [ROUNDS]

Clips are made in FOLDER once, from some seconds of SOURCE. The bound is 1.05 x `ffmpeg -f null -` and twice the time to copy the same luma
bytes in memory. Of ROUNDS (5) the best of each counts; the programs take turns.
"""
import pathlib
import resource
import subprocess
import sys
import time

CODECS = {
    "h264": ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23"],
    "hevc": ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"],
    "vp9": ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "4M"],
    "av1": ["-c:v", "libsvtav1", "-preset", "12", "-crf", "40"],
    "mpeg4": ["-c:v", "mpeg4", "-q:v", "4"],
}
SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "2160p": (3840, 2160)}
SECONDS = 6


def make_clip(folder, source, codec, size):
    file = folder / f"{codec}-{size}.mkv"
    if not file.exists():
        width, height = SIZES[size]
        part = file.with_suffix(".part.mkv")
        subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", "-ss", "17", "-t", str(SECONDS), "-i", source, "-an", "-vf",
                        f"scale={width}:{height},format=yuv420p", *CODECS[codec], str(part)], check=True, stderr=subprocess.DEVNULL)
        part.rename(file)
    return file


def cpu(command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def copy_seconds(size, frames):
    """To copy the luma of each frame once, from one buffer to another."""
    import numpy

    width, height = SIZES[size]
    planes = numpy.zeros((8, height, width), numpy.uint8)
    target = numpy.empty_like(planes[0])
    start = time.process_time()
    for i in range(frames):
        numpy.copyto(target, planes[i % 8])
    return time.process_time() - start


def main(programs, source, folder, rounds=5):
    folder = pathlib.Path(folder)
    folder.mkdir(exist_ok=True)
    vidcv = str(pathlib.Path(programs) / "vidcv-sample")
    print("| clip | ffmpeg s | vidcv s | ratio | bound s |\n|---|---|---|---|---|")
    for codec in CODECS:
        for size in SIZES:
            clip = str(make_clip(folder, source, codec, size))
            theirs, ours, copies = [], [], []
            for _ in range(int(rounds)):
                theirs.append(cpu(["ffmpeg", "-nostdin", "-v", "quiet", "-threads", "1", "-i", clip, "-f", "null", "-"]))
                ours.append(cpu([vidcv, "-q", "--threads", "1", clip]))
                copies.append(copy_seconds(size, SECONDS * 25))
            bound = 1.05 * min(theirs) + 2 * min(copies)
            print(f"| {codec} {size} | {min(theirs):.2f} | {min(ours):.2f} | {min(ours) / min(theirs):.2f} | {bound:.2f} |", flush=True)


main(*sys.argv[1:])
