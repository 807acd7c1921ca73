#!/usr/bin/env python3
"""bench_library.py BIN FOLDER [--pictures N] [--clips N] [--model MODEL]: a large library of small files, made of real ones with changed bytes
(100 000 pictures and 2000 clips), embedded into one database: whether throughput and memory stay flat, what a second run costs when nothing has
changed, when everything has moved, and how large the database is. Without MODEL a network of no weight gives vectors of 512 numbers, so that
files are what is measured. FOLDER takes about 1 GB and is made again."""
import argparse
import contextlib
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test/parity"))
from support import tiny_model  # noqa: E402

CLIPS = ROOT / "build/quickstart/clips"
PER_FOLDER = 1000


def make_library(folder, pictures, clips):
    """Small JPEGs of the clips' frames, and the smallest clip, each copy with bytes of its own behind its end."""
    seeds = folder / "seeds"
    seeds.mkdir(parents=True)
    for number, clip in enumerate(sorted(CLIPS.glob("*.mp4"))):
        subprocess.run(["ffmpeg", "-v", "error", "-i", clip, "-vf", "fps=8,scale=160:-2", "-q:v", "4", seeds / f"{number}-%03d.jpg"], check=True)
    stills = [still.read_bytes() for still in sorted(seeds.glob("*.jpg"))]
    clip = min(CLIPS.glob("*.mp4"), key=lambda file: file.stat().st_size).read_bytes()
    small = seeds / "small.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-i", min(CLIPS.glob("*.mp4"), key=lambda file: file.stat().st_size), "-t", "2", "-an", "-c:v", "libx264",
                    "-preset", "veryfast", small], check=True)
    clip = small.read_bytes()
    library = folder / "library"
    for kind, count, extension in (("pictures", pictures, "jpg"), ("clips", clips, "mp4")):
        for number in range(count):
            place = library / kind / f"{number // PER_FOLDER:03d}"
            if number % PER_FOLDER == 0:
                place.mkdir(parents=True)
            own = f"{number:012d}".encode()
            bytes_ = stills[number % len(stills)] + own if extension == "jpg" else clip + (8 + len(own)).to_bytes(4, "big") + b"free" + own
            (place / f"{number:06d}.{extension}").write_bytes(bytes_)
    return library, len(stills)


def resident_mib(pid, field="VmRSS"):
    with contextlib.suppress(OSError, StopIteration):
        return int(next(line for line in open(f"/proc/{pid}/status") if line.startswith(field)).split()[1]) / 1024
    return 0


def decoders_of(pid):
    with contextlib.suppress(OSError):
        return [child for task in pathlib.Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]
    return []


def done_files(database):
    with contextlib.suppress(sqlite3.Error), contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT count(*) FROM vidcv_media").fetchone()[0]
    return 0


def embed(program, model, database, library, *options, watched=False):
    start = time.monotonic()
    running = subprocess.Popen([program, "embed", "--model", model, "--db", database, *options, library], stdout=subprocess.DEVNULL,
                               stderr=subprocess.PIPE, text=True)
    samples = []
    while watched and running.poll() is None:
        decoders = decoders_of(running.pid)
        samples.append((time.monotonic() - start, done_files(database), resident_mib(running.pid), max(map(resident_mib, decoders), default=0)))
        time.sleep(1)
    said = running.communicate()[1].strip()
    assert running.returncode == 0, said
    return time.monotonic() - start, said, samples


def tell_course(samples, total):
    """A row for each tenth of the files."""
    print("tenth\tfiles/s\tprogram MiB\tlargest decoder MiB")
    begin, tenth = samples[0], 1
    for sample in samples:
        if sample[1] >= total * tenth / 10 or sample is samples[-1]:
            seconds = max(sample[0] - begin[0], 1e-9)
            print(f"{tenth}\t{(sample[1] - begin[1]) / seconds:.0f}\t{sample[2]:.0f}\t{sample[3]:.0f}")
            begin, tenth = sample, int(sample[1] * 10 / total) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--pictures", type=int, default=100_000)
    parser.add_argument("--clips", type=int, default=2000)
    parser.add_argument("--model", type=pathlib.Path)
    options = parser.parse_args()
    program = options.bin.resolve() / "vidcv"
    shutil.rmtree(options.folder, ignore_errors=True)
    library, stills = make_library(options.folder, options.pictures, options.clips)
    model = options.model or tiny_model(options.folder, dim=512)
    database, total = options.folder / "library.db", options.pictures + options.clips
    print(f"{options.pictures} pictures of {stills} stills, {options.clips} clips")
    seconds, said, samples = embed(program, model, database, library, watched=True)
    tell_course(samples, total)
    print(f"first run: {seconds:.1f} s, {total / seconds:.0f} files/s {said}")
    with contextlib.closing(sqlite3.connect(database)) as connection:
        frames = connection.execute("SELECT count(*) FROM vidcv_embeddings").fetchone()[0]
        print(f"database: {database.stat().st_size / 2**20:.0f} MiB, {frames} frames, {database.stat().st_size / frames:.0f} bytes a frame")
    for _ in range(3):
        print("nothing has changed: {:.2f} s".format(embed(program, model, database, library)[0]))
    start = time.monotonic()
    subprocess.run([program, "status", database], check=True, stdout=subprocess.DEVNULL)
    print(f"vidcv status: {time.monotonic() - start:.2f} s")
    moved = library.rename(options.folder / "elsewhere")
    seconds, said, _ = embed(program, model, database, moved)
    print(f"all moved: {seconds:.1f} s ({said.splitlines()[0].split(': ', 1)[1]})")
    parts = []
    for part in range(4):
        parts.append(options.folder / f"part-{part}.db")
        embed(program, model, parts[-1], moved, "--shard", f"{part}/4")
    for order in (parts, parts[::-1]):
        out = options.folder / f"out-{order[0].stem}.db"
        start = time.monotonic()
        subprocess.run([program, "merge", out, *order], check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - start
        print(f"merge of four parts: {seconds:.1f} s, {frames / seconds:.0f} frames/s")


main()
