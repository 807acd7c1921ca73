#!/usr/bin/env python3
"""Matching every asset with every frame, against the bare matrix product of PyTorch, in turns in one run.

usage: bench_matching.py BENCH_MATCHING [ASSETS [FRAMES [DIM [THREADS]]]]

BENCH_MATCHING is the program of that name: `cmake --build build/dev --target bench_matching` makes build/dev/bin/bench_matching.
Needs PyTorch in the Python that runs this.
"""
import subprocess
import sys
import time

import torch


def product(assets, frames, dim, threads):
    torch.set_num_threads(threads)
    a, b = torch.randn(assets, dim), torch.randn(frames, dim)
    best = 1e9
    for _ in range(5):
        start = time.perf_counter()
        a @ b.T
        best = min(best, time.perf_counter() - start)
    return f"{best:.4f} s, {2 * assets * frames * dim / best / 1e9:.0f} GFLOP/s"


def main(bench, assets="10000", frames="10000", dim="512", threads="2"):
    for _ in range(2):
        for threshold in ("0.65", "0.15"):
            done = subprocess.run([bench, assets, frames, dim, threads, threshold], check=True, capture_output=True, text=True)
            print(f"vidcv, threshold {threshold}: {done.stdout.strip()}")
        print(f"PyTorch, the product alone: {product(int(assets), int(frames), int(dim), int(threads))}", flush=True)


main(*sys.argv[1:])
