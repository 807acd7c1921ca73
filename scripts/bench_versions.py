#!/usr/bin/env python3
"""bench_versions.py BEFORE NOW MODEL CLIP FOLDER [--rounds N] [--pictures N]: two builds of vidcv (their bin folders) at the same jobs, in turns.

The jobs are those of the other benchmarks, smaller: a folder of 1080p clips sampled with and without pictures, the same clips embedded, a
project of 720p clips from its assets to its appearances, and a library of many small pictures embedded, then looked at again unchanged. CLIP is
a video of 1080p or more and at least a minute; FOLDER takes about 500 MB. Prints medians of seconds on the clock, CPU seconds and peak
memory (of the largest process), and NOW's ratio to BEFORE, which is the median of the ratios of the turns.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
# In a process of its own: what this one has in memory would count as the peak of those it starts.
MAKE_MODEL = "import pathlib, sys; sys.path.insert(0, sys.argv[1]); from support import tiny_model; tiny_model(pathlib.Path(sys.argv[2]), dim=512)"


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def make_clips(clip, folder, height, count):
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        if not (folder / f"{number}.mp4").exists():
            ffmpeg("-ss", number * 5, "-t", 8, "-i", clip, "-an", "-vf", f"scale=-2:{height}", "-c:v", "libx264", "-preset", "veryfast", folder / f"{number}.mp4")
    return folder


def make_library(clips, folder, count):
    if folder.exists():
        return folder
    folder.mkdir()
    ffmpeg("-i", clips / "0.mp4", "-vf", "fps=8,scale=160:-2", "-q:v", 4, folder / "seed-%03d.jpg")
    seeds = [seed.read_bytes() for seed in sorted(folder.glob("seed-*.jpg"))]
    for number in range(count):
        (folder / f"{number}.jpg").write_bytes(seeds[number % len(seeds)] + number.to_bytes(4, "big"))
    return folder


def measured(commands):
    """Seconds on the clock, CPU seconds, MiB at the peak."""
    start, cpu, peak = time.perf_counter(), 0.0, 0
    for command in commands:
        process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        assert status == 0, command
        cpu += used.ru_utime + used.ru_stime
        peak = max(peak, used.ru_maxrss / 1024)
    return time.perf_counter() - start, cpu, peak


def jobs(programs, place, given):
    """Name, what is made beforehand, and what is measured, in order: a job may go on where the one before ended."""
    vidcv, database, library = programs / "vidcv", place / "a.db", place / "library.db"
    find = [vidcv, "appear", "-q", "--model", given["model"], "--db", database, given["720p"]]
    return [("sample a folder of 1080p", [], [[vidcv, "sample", "-q", given["1080p"]]]),
            ("the same with --out", [], [[vidcv, "sample", "-q", "--out", place / "frames", given["1080p"]]]),
            ("embed it", [], [[vidcv, "embed", "-q", "--model", given["model"], "--db", place / "b.db", given["1080p"]]]),
            ("appear in a project", [[vidcv, "asset", "add", "--db", database, "A", given["picture"]]], [find]),
            ("embed a library", [], [[vidcv, "embed", "-q", "--model", given["tiny"], "--db", library, given["library"]]]),
            ("nothing has changed", [], [[vidcv, "embed", "-q", "--model", given["tiny"], "--db", library, given["library"]]])]


def turn(programs, folder, given):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    results = {}
    for name, before, commands in jobs(programs, folder, given):
        for command in before:
            subprocess.run(list(map(str, command)), check=True, capture_output=True)
        results[name] = measured(commands)
    return results


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("before", "now", "model", "clip", "folder"):
        parser.add_argument(name, type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pictures", type=int, default=10000)
    args = parser.parse_args()
    args.folder.mkdir(exist_ok=True)
    given = {"model": args.model, "1080p": make_clips(args.clip, args.folder / "1080p", 1080, 10), "720p": make_clips(args.clip, args.folder / "720p", 720, 10),
             "tiny": args.folder / "model.pt", "picture": args.folder / "asset.png"}
    subprocess.run([sys.executable, "-c", MAKE_MODEL, str(ROOT / "test/parity"), str(args.folder)], check=True)
    given["library"] = make_library(given["1080p"], args.folder / "library", args.pictures)
    ffmpeg("-ss", 3, "-i", given["720p"] / "0.mp4", "-frames:v", 1, given["picture"])
    programs = {"before": args.before, "now": args.now}
    took = {which: [] for which in programs}
    for number in range(args.rounds + 1):  # the first turn reads the files from the disk and does not count
        for which in list(programs)[:: -1 if number % 2 else 1]:
            results = turn(programs[which], args.folder / which, given)
            if number > 0:
                took[which].append(results)
    print(f"| {args.rounds} turns | before s | now s | ratio | CPU before | CPU now | ratio | MiB before | MiB now |\n|---|---|---|---|---|---|---|---|---|")
    for name in took["now"][0]:
        row = [name]
        for unit, digits in ((0, 2), (1, 2)):
            before, now = ([results[name][unit] for results in took[which]] for which in ("before", "now"))
            ratio = statistics.median(b / a for a, b in zip(before, now))
            row += [f"{statistics.median(before):.{digits}f}", f"{statistics.median(now):.{digits}f}", f"{ratio:.3f}"]
        row += [f"{statistics.median(results[name][2] for results in took[which]):.0f}" for which in ("before", "now")]
        print("| " + " | ".join(row) + " |")


main()
