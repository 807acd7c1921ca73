#!/usr/bin/env python3
"""Which split of threads between decoding and encoding takes the least wall time with `vidcv embed`.

usage: bench_threads.py PROGRAMS MODEL FOLDER [ROUNDS]

FOLDER holds clips. Every split is run in turns, ROUNDS (3) times, and the medians are printed with their ratio to the default's.
"""
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def splits(cores):
    """(decode, encode); None is the default."""
    some = sorted({1, max(1, cores // 2), cores, 2 * cores})
    return [None] + [(decode, encode) for decode in some for encode in some if encode <= cores]


def wall(programs, model, clips, split):
    options = () if split is None else ("--decode-threads", split[0], "--encode-threads", split[1])
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        subprocess.run(list(map(str, (programs / "vidcv", "embed", "-q", "--model", model, "--db", pathlib.Path(folder, "v.db"), *options, clips))),
                       check=True, capture_output=True)
        return time.perf_counter() - start


def main(programs, model, clips, rounds="3"):
    tried = splits(len(os.sched_getaffinity(0)))
    took = {split: [] for split in tried}
    for _ in range(int(rounds)):
        for split in tried:
            took[split].append(wall(pathlib.Path(programs), model, clips, split))
    usual = statistics.median(took[None])
    for split in tried:
        median = statistics.median(took[split])
        name = "default" if split is None else f"{split[0]} decode, {split[1]} encode"
        print(f"{name:22} {median:6.2f} s  {median / usual:.2f}")


main(*sys.argv[1:5])
