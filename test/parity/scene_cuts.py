#!/usr/bin/env python3
"""Where shots begin by `vidcv sample --policy scene` and by PySceneDetect's content detector.

usage: scene_cuts.py PROGRAMS FILE...   (build/venv/bin/pip install --no-deps scenedetect click platformdirs tqdm)

Prints the cuts that only one of them sees, and precision and recall of ours with theirs for the truth; a frame of difference is allowed.
"""
import pathlib
import sys

from support import Vidcv, require


def our_cuts(vidcv, file):
    clip = vidcv.objects("sample", "--policy", "scene", file)[0]
    return [frame["shot_start_sec"] for frame in clip["frames"]][1:], clip["fps"]


def their_cuts(file):
    from scenedetect import ContentDetector, detect

    return [start.get_seconds() for start, _ in detect(str(file), ContentDetector())][1:]


def main(programs, *files):
    require("scenedetect", "cv2")
    vidcv = Vidcv(programs)
    found = agreed = expected = 0
    for file in map(pathlib.Path, files):
        ours, fps = our_cuts(vidcv, file)
        try:
            theirs = their_cuts(file)
        except Exception as error:  # whatever it cannot read
            print(f"{file.name}: PySceneDetect: {str(error).splitlines()[0]}")
            continue
        near = 1.5 / max(fps, 1)
        missed = [cut for cut in theirs if not any(abs(cut - other) <= near for other in ours)]
        extra = [cut for cut in ours if not any(abs(cut - other) <= near for other in theirs)]
        found, agreed, expected = found + len(ours), agreed + len(ours) - len(extra), expected + len(theirs)
        if missed or extra:
            print(f"{file.name}: only ours {[round(cut, 3) for cut in extra]}, only theirs {[round(cut, 3) for cut in missed]}")
    print(f"{len(files)} files: ours {found}, theirs {expected}, both {agreed}: "
          f"precision {agreed / max(found, 1):.2f}, recall {agreed / max(expected, 1):.2f}")


main(*sys.argv[1:])
