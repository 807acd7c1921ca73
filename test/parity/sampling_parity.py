#!/usr/bin/env python3
"""`--policy reference` picks what the Python service picks, and motion ratios are OpenCV's.

usage: sampling_parity.py PROGRAMS FIXTURES [FILE...]   FILEs are compared too; how each differs is printed
"""
import pathlib
import sys

from support import HERE, Vidcv, reference, require

CLIPS = ["cuts-192f.mp4", "cuts-192f.avi", "flicker-48f.mp4", "black-48f.mp4", "one-frame.mp4"]


def ratio_gaps(our, their):
    """OpenCV's gray has gone through 8-bit BGR, which clips saturated colours: near on all, equal but for rounding on nearly all."""
    return sorted(abs(a - b) for a, b in zip(our["motion_ratios"], their["ratios"]) if a is not None)


def check(name, our, their):
    picks = [frame["frame_number"] for frame in our["frames"]]
    assert picks == their["frames"], f"{name}: {picks}, reference {their['frames']}"
    assert len(our["motion_ratios"]) == len(their["ratios"]), name
    gaps = ratio_gaps(our, their)
    assert not gaps or gaps[-1] <= 0.025, f"{name}: ratios differ by {gaps[-1]}"
    assert not gaps or gaps[len(gaps) * 9 // 10] <= 0.002, f"{name}: ratios differ by {gaps[len(gaps) * 9 // 10]} on many frames"


def difference(vidcv, file):
    """How ours differs from the reference on a file of any kind, in words; nothing where it does not."""
    our = vidcv.objects("sample", "--policy", "reference", "--ratios", file, expect=None)[0]
    try:
        their = reference(HERE / "reference.py", "sample", file)[0]
    except AssertionError as refusal:
        words = str(refusal).splitlines()[-1]
        return "" if our["type"] == "error" else f"reference: {words}"
    if our["type"] == "error":
        return f"ours: {our['message']}; reference picks {their['frames']}"
    picks, decoded = [frame["frame_number"] for frame in our["frames"]], our["frames_decoded"]
    there = [number for number in their["frames"] if number < decoded]
    words = []
    if len(there) < len(their["frames"]):
        words.append(f"reference picks {[number for number in their['frames'] if number >= decoded]} of {decoded} frames")
    if picks != there:
        words.append(f"{picks}, reference {there}")
    if len(our["motion_ratios"]) != len(their["ratios"]):
        words.append(f"{len(our['motion_ratios'])} ratios, reference {len(their['ratios'])}")
    gaps = ratio_gaps(our, their)
    if gaps and gaps[-1] > 0.002:
        words.append(f"ratios differ by up to {gaps[-1]:.4f}")
    return "; ".join(words)


def main(programs, fixtures, *files):
    require("cv2", "numpy")
    vidcv = Vidcv(programs)
    clips = [pathlib.Path(fixtures).resolve() / name for name in CLIPS]
    theirs = reference(HERE / "reference.py", "sample", *clips)
    ours = vidcv.objects("sample", "--policy", "reference", "--ratios", *clips)
    assert len(ours) == len(theirs) == len(CLIPS)
    for name, our, their in zip(CLIPS, ours, theirs):
        check(name, our, their)
    print(f"{len(CLIPS)} clips agree")
    differing = 0
    for file in map(pathlib.Path, files):
        words = difference(vidcv, file.resolve())
        differing += bool(words)
        if words:
            print(f"{file.name}: {words}")
    if files:
        print(f"{len(files) - differing} of {len(files)} files agree")


main(*sys.argv[1:])
