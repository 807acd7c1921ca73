#!/usr/bin/env python3
"""What a model makes of real clips, and what bf16 changes: cosines within and between clips, nearest neighbours, and bf16 beside fp32.

usage: precision.py PROGRAMS MODEL CLIP...   five frames of each clip that is not blank
"""
import sys

from support import Vidcv, require, vectors_of


def main(programs, model, *clips):
    require("numpy")
    import numpy as np
    vidcv = Vidcv(programs)

    def frames(precision):
        objects = vidcv.objects("embed", "--model", model, "--precision", precision, "--policy", "count", "--count", "5", *clips, expect=None)
        seen = [o for o in objects if o["type"] == "embedding" and not o["blank"]]
        return [o["path"] for o in seen], vectors_of(seen)

    (paths, exact), (_, rough) = frames("fp32"), frames("bf16")
    same = np.array([[a == b for b in paths] for a in paths])
    other = ~np.eye(len(paths), dtype=bool)
    cosines = exact @ exact.T
    print(f"{len(set(paths))} clips, {len(paths)} frames: cosine within a clip {cosines[same & other].mean():.3f}, between clips {cosines[~same].mean():.3f}")
    for name, vectors in (("fp32", exact), ("bf16", rough)):
        nearest = np.where(other, vectors @ vectors.T, -2).argmax(axis=1)
        print(f"{name}: nearest frame of the same clip for {np.mean([same[i, n] for i, n in enumerate(nearest)]):.3f} of the frames")
    far = np.linalg.norm(exact - rough, axis=1) / np.linalg.norm(exact - exact.mean(axis=0), axis=1)
    print(f"bf16 beside fp32: least cosine {(exact * rough).sum(axis=1).min():.6f}, difference at most {far.max():.3f} of the distance to the mean (median {np.median(far):.3f})")


main(*sys.argv[1:])
