#!/usr/bin/env python3
"""`--policy reference` picks what the Python service picks, and motion ratios are OpenCV's."""
import pathlib
import sys

from support import HERE, Vidcv, reference, require

CLIPS = ["cuts-192f.mp4", "cuts-192f.avi", "flicker-48f.mp4", "black-48f.mp4", "one-frame.mp4"]


def main(programs, fixtures):
    require("cv2", "numpy")
    clips = [pathlib.Path(fixtures).resolve() / name for name in CLIPS]
    theirs = reference(HERE / "reference.py", "sample", *clips)
    ours = Vidcv(programs).objects("sample", "--policy", "reference", "--ratios", *clips)
    assert len(ours) == len(theirs) == len(CLIPS)
    for name, our, their in zip(CLIPS, ours, theirs):
        picks = [frame["frame_number"] for frame in our["frames"]]
        assert picks == their["frames"], f"{name}: {picks}, reference {their['frames']}"
        assert len(our["motion_ratios"]) == len(their["ratios"]), name
        # OpenCV's gray has gone through 8-bit BGR, which clips saturated colours: near on all, equal but for rounding on nearly all.
        gaps = sorted(abs(a - b) for a, b in zip(our["motion_ratios"], their["ratios"]))
        assert not gaps or gaps[-1] <= 0.025, f"{name}: ratios differ by {gaps[-1]}"
        assert not gaps or gaps[len(gaps) * 9 // 10] <= 0.002, f"{name}: ratios differ by {gaps[len(gaps) * 9 // 10]} on many frames"
    print(f"{len(CLIPS)} clips agree")


main(*sys.argv[1:3])
