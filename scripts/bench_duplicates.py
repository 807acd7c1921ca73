#!/usr/bin/env python3
"""What `vidcv duplicates` finds among clips that were made from one another, and how long it takes for a large library.

usage: bench_duplicates.py truth PROGRAMS FOLDER MODEL CLIP...
       bench_duplicates.py speed PROGRAMS FOLDER [CLIPS]

truth: the first ten seconds of each CLIP of a second and a half and more, and ten seconds from 15, 20, 40 and 60 s on (other footage of the same scene),
are encoded again in 360 lines and in eight variants: a low bit rate, 180 lines, cropped by 10%, with black bars, lighter, slowed to 0.8, mirrored, and
the middle half alone. A frame each half second, MODEL's vectors. Printed: how many of all clips are named in a row, rows that join different sources
(to be looked at: some CLIPs show the same), and how far off the ends of passages are. FOLDER keeps the clips.
speed: a database of CLIPS (10000) clips of 8 frames with random vectors of 512 numbers, in which every hundredth clip is a copy with noise; once with
frames that have nothing to do with one another, once with frames of a clip that are alike (cosine 0.9). FOLDER is replaced.
"""
import collections
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

X264 = ["-an", "-sn", "-dn", "-map", "0:v:0", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-preset", "veryfast"]
VARIANTS = {"coded": ["null", 35], "small": ["scale=-2:180", 26], "crop": ["crop=iw*0.9:ih*0.9,scale=trunc(iw/2)*2:trunc(ih/2)*2", 23],
            "bars": ["pad=iw:ih*4/3/2*2:0:(oh-ih)/2", 23], "lighter": ["eq=brightness=0.08:contrast=1.15", 23], "slow": ["setpts=1.25*PTS", 23],
            "mirror": ["hflip", 23]}
SLOWED, PART_FROM = 1.25, 0.25
STARTS = (0, 15, 20, 40, 60)
STEP_S = 0.5


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=300)


def seconds_of(file):
    done = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", file], capture_output=True, text=True)
    return float(done.stdout.strip().replace("N/A", "") or 0)


def make_variants(folder, clip, start):
    name = clip.stem if start == 0 else f"{clip.stem}-from-{start}"
    source = folder / f"{name}.source.mp4"
    if source.exists() or (start > 0 and seconds_of(clip) < start + 5):
        return
    try:
        ffmpeg("-ss", start, "-i", clip, "-t", 10, "-vf", "scale=-2:360,setsar=1", *X264, "-crf", 18, source)
        length = seconds_of(source)
        if length < 1.5:
            return source.unlink()
        for kind, (graph, quality) in VARIANTS.items():
            ffmpeg("-i", source, "-vf", graph, *X264, "-crf", quality, folder / f"{name}.{kind}.mp4")
        ffmpeg("-ss", length * PART_FROM, "-i", source, "-t", length / 2, *X264, "-crf", 23, folder / f"{name}.part.mp4")
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        for made in folder.glob(f"{name}.*.mp4"):
            made.unlink()


def parts_of(path):
    name, kind, _ = pathlib.Path(path).name.rsplit(".", 2)
    return name, kind


def source_time(folder, path, seconds):
    name, kind = parts_of(path)
    if kind == "part":
        return seconds + PART_FROM * seconds_of(folder / f"{name}.source.mp4")
    return seconds / SLOWED if kind == "slow" else seconds


def duplicates(programs, database, *options):
    start = time.perf_counter()
    done = subprocess.run([programs / "vidcv", "duplicates", "--db", database, "--json", *options], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    return time.perf_counter() - start, [o for o in map(json.loads, done.stdout.splitlines()) if o["type"] == "duplicate"]


def truth(programs, folder, model, *clips):
    programs, folder = pathlib.Path(programs).resolve(), pathlib.Path(folder)
    made, database = folder / "clips", folder / "clips.db"
    made.mkdir(parents=True, exist_ok=True)
    for clip in map(pathlib.Path, clips):
        for start in STARTS:
            make_variants(made, clip, start)
    subprocess.run([programs / "vidcv", "embed", "-q", "--model", model, "--db", database, "--every", str(STEP_S), made], check=True,
                   stdout=subprocess.DEVNULL)
    with sqlite3.connect(database) as connection:  # clips in which something is seen
        files = sorted(pathlib.Path(path) for path, in connection.execute("SELECT DISTINCT m.path FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id "
                                                                            "WHERE NOT f.blank"))
    print(f"{len(files)} clips of {len({parts_of(file)[0] for file in files})} sources; {len(list(made.iterdir())) - len(files)} are blank")
    for options in ([], ["--verify"]):
        seconds, rows = duplicates(programs, database, *options)
        named = {pathlib.Path(path).name for row in rows for path in (row["path"], row["of"]["path"])}
        missed = [file.name for file in files if file.name not in named]
        across = {frozenset((parts_of(r["path"])[0], parts_of(r["of"]["path"])[0])) for r in rows} - {frozenset([parts_of(f)[0]]) for f in files}
        off = []
        for row in rows:
            if parts_of(row["path"])[0] != parts_of(row["of"]["path"])[0]:
                continue
            ends = [abs(source_time(made, row["path"], row[end]) - source_time(made, row["of"]["path"], row["of"][end])) for end in ("from_sec", "to_sec")]
            off.append((max(ends), row["kind"], row["path"], row["of"]["path"]))
        print(f"\n{' '.join(options) or 'vectors alone'}: {len(rows)} rows in {seconds:.1f} s")
        print(f"named: {len(files) - len(missed)} of {len(files)} clips; missed: {' '.join(missed) or 'none'}")
        print("kinds:", dict(collections.Counter(row["kind"] for row in rows)))
        print(f"ends within a step ({STEP_S} s): {sum(o[0] <= STEP_S for o in off)} of {len(off)}; farther: {[o for o in off if o[0] > STEP_S]}")
        print("different sources joined:", *(f"\n  {' = '.join(sorted(pair))}" for pair in across))


def speed(programs, folder, clips="10000"):
    import bench_search
    import numpy
    programs, folder, clips = pathlib.Path(programs).resolve(), pathlib.Path(folder), int(clips)
    bench_search.PER_CLIP = 8
    rows = clips * bench_search.PER_CLIP
    for name, own in (("frames of nothing in common", 1.0), ("frames of a clip alike", 0.33)):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        random = numpy.random.default_rng(3)
        scene = bench_search.make_vectors(clips).repeat(bench_search.PER_CLIP, 0)
        vectors = bench_search.make_vectors(rows) if own == 1 else scene + own * random.standard_normal(scene.shape, dtype=numpy.float32) / scene.shape[1]**0.5
        copies = list(range(100, clips, 100))
        for copy in copies:
            one, other = copy * bench_search.PER_CLIP, (copy - 50) * bench_search.PER_CLIP
            vectors[one:one + bench_search.PER_CLIP] = vectors[other:other + bench_search.PER_CLIP]
            vectors[one:one + bench_search.PER_CLIP] += 0.01 * random.standard_normal((bench_search.PER_CLIP, scene.shape[1]), dtype=numpy.float32)
        vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
        bench_search.make_database(programs, folder / "clips.db", vectors)
        times = []
        for _ in range(3):
            seconds, found = duplicates(programs, folder / "clips.db", "--threads", "2")
            times.append(seconds)
            assert len(found) == len(copies) and all(o["kind"] == "same" for o in found), (len(found), len(copies))
        print(f"{clips} clips, {rows} vectors of {scene.shape[1]}, {name}: {' '.join(f'{t:.1f}' for t in times)} s; {len(copies)} of {len(copies)} copies found")


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    {"truth": truth, "speed": speed}[sys.argv[1]](*sys.argv[2:])
