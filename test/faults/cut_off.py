#!/usr/bin/env python3
"""A clip whose file is cut off is damaged, with any number of threads, in every kind of output.

usage: cut_off.py PROGRAMS FIXTURES
"""
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv

WHOLE = ["plain-100f.mp4", "joined-200f.mkv", "open-gop-150f.mp4", "joined-175f.ts"]
CUT = ["cut-off.mp4", "cut-off-fragmented.mp4", "cut-off.mkv"]
COUNTS = (1, 2, 3, 8)
WORDS = "the file is cut off"


def check_cut_off(vidcv, clip, policy):
    runs = [vidcv.objects("sample", "--policy", policy, "--decode-threads", n, clip)[0] for n in COUNTS]
    assert all(run == runs[0] for run in runs), f"{clip.name}: the number of threads changes the result"
    assert runs[0]["truncated"] and runs[0]["frames_damaged"] > 0, f"{clip.name}: {runs[0]}"
    assert 0 < runs[0]["frames_decoded"] < 100, f"{clip.name}: {runs[0]}"


def check_words(vidcv, clip):
    assert WORDS in vidcv.run("sample", clip).stderr, clip.name
    assert WORDS in vidcv.run("sample", "-v", "--json", clip).stderr, clip.name
    assert WORDS not in vidcv.run("sample", "-q", clip).stderr, clip.name
    for count in COUNTS:
        refused = vidcv.run("sample", "--strict", "--decode-threads", count, clip, expect=3)
        assert WORDS in refused.stderr and "damaged" in refused.stderr, refused.stderr


def main(programs, fixtures):
    vidcv = Vidcv(programs)
    clips = pathlib.Path(fixtures).resolve() / "clocks"
    for name in CUT:
        for policy in ("budget", "keyframes", "count"):
            check_cut_off(vidcv, clips / name, policy)
        check_words(vidcv, clips / name)
    with tempfile.TemporaryDirectory() as folder:  # within one of its packets of 188 bytes
        stream = (clips / "joined-175f.ts").read_bytes()
        cut = pathlib.Path(folder) / "cut-off.ts"
        cut.write_bytes(stream[: len(stream) // 376 * 188 + 100])
        for policy in ("budget", "keyframes", "count"):
            check_cut_off(vidcv, cut, policy)
        check_words(vidcv, cut)
    for name in WHOLE:
        clip = vidcv.objects("sample", "--strict", clips / name)[0]
        assert not clip["truncated"] and clip["frames_damaged"] == 0, f"{name}: {clip}"
    print(f"{len(CUT) + 1} clips are cut off, {len(WHOLE)} are whole")


main(*sys.argv[1:])
