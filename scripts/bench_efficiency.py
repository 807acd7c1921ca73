#!/usr/bin/env python3
"""How much processor time `vidcv embed` takes beyond what cannot be avoided.

usage: bench_efficiency.py PROGRAMS MODEL FOLDER [ROUNDS]

FOLDER holds clips (bench_project.py makes some). What cannot be avoided: decoding each of them by `ffmpeg -threads 1 -f null -`, copying the
luma of every frame twice in memory, and MODEL's network over as many pictures as are chosen, at the batch that suits it best. Each of ROUNDS (3)
measures all of it once, in turns, and `vidcv embed` with and without decoder processes; CPU seconds, start-up included. Needs torch and numpy.
"""
import json
import pathlib
import resource
import subprocess
import sys
import time

BATCHES = (1, 8, 32)


def cpu_of(*command):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall, done.stdout


def luma_copies(clip):
    """CPU seconds to copy the luma of all its frames twice, a decoder's ring of frames in turns."""
    import numpy as np
    stream = json.loads(subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v:0", "-count_packets", "-show_entries",
                                        "stream=width,height,nb_read_packets", "-of", "json", clip], check=True, capture_output=True).stdout)["streams"][0]
    ring = [np.ones(stream["width"] * stream["height"], np.uint8) for _ in range(8)]
    target = np.zeros_like(ring[0])
    start = time.process_time()
    for number in range(2 * int(stream["nb_read_packets"])):
        np.copyto(target, ring[number % len(ring)])
    return time.process_time() - start


ENCODE = """
import sys, time, torch
model, pictures, batch = torch.jit.load(sys.argv[1]).eval(), int(sys.argv[2]), int(sys.argv[3])
side = int(sys.argv[4])
x = torch.randn(batch, 3, side, side)
with torch.inference_mode(), torch.jit.optimized_execution(False):
    for _ in range(3):
        model(x)
    start = time.process_time()
    for _ in range(-(-pictures // batch)):
        model(x)
    print((time.process_time() - start) * pictures / (-(-pictures // batch) * batch))
"""


def encoder_alone(model, pictures, side):
    return min((float(subprocess.run([sys.executable, "-c", ENCODE, model, str(pictures), str(batch), str(side)], check=True, capture_output=True,
                                     text=True).stdout), batch) for batch in BATCHES)


def main(programs, model, folder, rounds="3"):
    vidcv = pathlib.Path(programs) / "vidcv"
    clips = sorted(pathlib.Path(folder).glob("*.mp4"))
    description = json.loads(subprocess.run([vidcv, "model", "info", "--json", model], check=True, capture_output=True, text=True).stdout.splitlines()[0])
    side = description["input_size"]
    print(f"{len(clips)} clips, {description['name']}")
    print("vidcv, CPU s\twall s\tin one process\tdecode\tluma twice\tnetwork (batch)\tunavoidable\tratio\tin one process")
    for _ in range(int(rounds)):
        ours, wall, output = cpu_of(vidcv, "embed", "-q", "--json", "--no-db", "--model", model, *clips)
        alone, _, _ = cpu_of(vidcv, "embed", "-q", "--json", "--no-db", "--isolation", "none", "--model", model, *clips)
        pictures = output.count('"type":"embedding"')
        decode = sum(cpu_of("ffmpeg", "-v", "error", "-threads", "1", "-i", clip, "-f", "null", "-")[0] for clip in clips)
        copies = sum(map(luma_copies, clips))
        network, batch = encoder_alone(model, pictures, side)
        least = decode + copies + network
        print(f"{ours:.1f}\t{wall:.1f}\t{alone:.1f}\t{decode:.1f}\t{copies:.1f}\t{network:.1f} ({batch})\t{least:.1f}\t{ours / least:.2f}\t{alone / least:.2f}", flush=True)


main(*sys.argv[1:])
