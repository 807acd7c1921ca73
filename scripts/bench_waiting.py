#!/usr/bin/env python3
"""How long others wait for one: pictures behind a long clip, and the report of a fatal error with many files behind it.

usage: bench_waiting.py BIN MODEL LONG_CLIP PICTURE

Prints after how many seconds all 40 pictures behind LONG_CLIP are in the database, when the run ends, and how long a run
over 1000 pictures takes to say that its encoder module is missing.
"""

import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

PICTURES = 40
WAITING = 1000


def saved(database):
    """How many files the database has finished."""
    try:
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as rows:
            return rows.execute("SELECT count(*) FROM vidcv_media WHERE status = 'done'").fetchone()[0]
    except sqlite3.OperationalError:  # not there yet
        return 0


def copies(picture, folder, count):
    folder.mkdir()
    for i in range(count):
        shutil.copyfile(picture, folder / f"b{i}{picture.suffix}")


def behind_a_long_clip(programs, model, clip, picture, scratch):
    folder = scratch / "long"
    copies(picture, folder, PICTURES)
    (folder / f"a{clip.suffix}").symlink_to(clip)
    database = scratch / "x.db"
    start = time.monotonic()
    run = subprocess.Popen([programs / "vidcv", "embed", "--model", model, "--db", database, folder],
                           stdout=subprocess.DEVNULL)
    while saved(database) < PICTURES and run.poll() is None:
        time.sleep(0.02)
    all_saved = time.monotonic() - start
    if run.wait() != 0:
        sys.exit("bench_waiting.py: vidcv embed failed")
    return all_saved, time.monotonic() - start


def without_its_module(programs, model, picture, scratch):
    installed = scratch / "bin"
    shutil.copytree(programs, installed, symlinks=True)
    folder = scratch / "many"
    copies(picture, folder, WAITING)
    start = time.monotonic()
    run = subprocess.run([installed / "vidcv", "embed", "--model", model, "--db", scratch / "y.db", folder],
                         capture_output=True, text=True)
    if run.returncode != 1 or "vidcv-torch" not in run.stderr:
        sys.exit(f"bench_waiting.py: exit {run.returncode} without the module: {run.stderr}")
    return time.monotonic() - start


def main(programs, model, clip, picture):
    with tempfile.TemporaryDirectory() as name:
        scratch = pathlib.Path(name)
        all_saved, ended = behind_a_long_clip(programs, model, clip, picture, scratch)
        print(f"{PICTURES} pictures behind {clip.name}: saved after {all_saved:.1f} s, the run ends after {ended:.1f} s")
        print(f"no encoder module, {WAITING} files: reported after {without_its_module(programs, model, picture, scratch):.2f} s")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(*(pathlib.Path(argument).resolve() for argument in sys.argv[1:]))
