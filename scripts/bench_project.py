#!/usr/bin/env python3
"""How long a project takes from its database as the Python service made it to its appearances: `vidcv appear`, and the service's own way.

usage: bench_project.py PROGRAMS SOURCE FOLDER MODEL REFERENCE_MODEL [CLIPS [ROUNDS]]

CLIPS (20) clips of 8 s are cut out of SOURCE into FOLDER, once, and a picture out of every fourth. Each round makes two copies of one
database; `vidcv migrate` and `vidcv appear` work on one, `reference.py analyse` on the other, one after the other, each with its start-up.
MODEL is vidcv's model file and REFERENCE_MODEL the same model as reference.py takes it: `efficientnet-lite0`, or the folder of a CLIP.
Needs what reference.py needs in the Python that runs this.
"""
import pathlib
import shutil
import subprocess
import sys
import time

PARITY = pathlib.Path(__file__).resolve().parent.parent / "test/parity"


def make_clips(source, folder, count):
    folder.mkdir(parents=True, exist_ok=True)
    length = float(subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", source], check=True,
                                  capture_output=True, text=True).stdout)
    for number in range(count):
        clip, start = folder / f"{number}.mp4", (length - 8) * number / max(1, count - 1)
        if not clip.exists():
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-ss", str(start), "-i", source, "-t", "8", "-an", "-c:v", "libx264", "-crf", "20", clip],
                           check=True)
        if number % 4 == 0:
            subprocess.run(["ffmpeg", "-v", "error", "-y", "-ss", "3", "-i", clip, "-frames:v", "1", folder / f"{number}.png"], check=True)
    return sorted(folder.glob("*.mp4")), sorted(folder.glob("*.png"))


def timed(*command):
    start = time.perf_counter()
    output = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - start, output


def main(programs, source, folder, model, reference_model, count="20", rounds="3"):
    vidcv, folder = pathlib.Path(programs) / "vidcv", pathlib.Path(folder).resolve()
    clips, pictures = make_clips(source, folder / "clips", int(count))
    database = folder / "service.db"
    database.unlink(missing_ok=True)
    assets = [f"--asset=A{picture.stem}={picture}" for picture in pictures]
    # Stage 9: the reference cannot migrate.
    timed(sys.executable, PARITY / "vidpipe_db.py", "make", database, "--stage", "9", *assets, *(f"--clip={clip}" for clip in clips))
    ours, theirs = [], []
    for _ in range(int(rounds)):
        for name in ("ours.db", "theirs.db"):
            for old in folder.glob(name + "*"):
                old.unlink()
            shutil.copy(database, folder / name)
        migrated_s, _ = timed(vidcv, "migrate", "--no-backup", folder / "ours.db")
        found_s, found = timed(vidcv, "appear", "--json", "--model", model, "--threshold", "0.65", "--db", folder / "ours.db")
        ours.append(migrated_s + found_s)
        seconds, answer = timed(sys.executable, PARITY / "reference.py", "analyse", reference_model, folder / "theirs.db")
        theirs.append(seconds)
        print(f"vidcv {ours[-1]:.2f} s, {found.count(chr(34) + 'appearance' + chr(34))} rows; reference {seconds:.2f} s, {answer.strip()}", flush=True)
    print(f"best of {rounds}: vidcv {min(ours):.2f} s, reference {min(theirs):.2f} s, {min(theirs) / min(ours):.2f} times faster")


main(*sys.argv[1:])
