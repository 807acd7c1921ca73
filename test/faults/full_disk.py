#!/usr/bin/env python3
"""A disk that takes no picture ends vidcv sample at once: neither a long clip in hand nor the clips that wait are decoded."""
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv  # noqa: E402

WAITING = 20


def make_clip(clip):
    source = "testsrc2=size=1920x1080:rate=25:duration=20"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-q:v", "8", clip], check=True)


def processor_s(run):
    """Seconds of processor time of a run and its decoders."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def no_file_may_grow():
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def main(programs, fixtures):
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clips = folder / "clips"
        clips.mkdir()
        make_clip(clips / "a.mp4")
        whole_s = processor_s(lambda: vidcv.run("sample", "--isolation", "none", clips))
        for i in range(WAITING):
            shutil.copy(pathlib.Path(fixtures) / "bars.png", clips / f"b{i}.png")
            os.link(clips / "a.mp4", clips / f"c{i}.mp4")

        def refused():
            done = vidcv.run("sample", "-q", "-j", "2", "--isolation", "none", "--out", folder / "out", clips, expect=1, preexec_fn=no_file_may_grow)
            assert "store: File too large" in done.stderr and len(done.stderr.splitlines()) == 1, done.stderr

        refused_s = processor_s(refused)
        assert refused_s < whole_s / 2, f"{refused_s:.2f} s until the failure, {whole_s:.2f} s for one whole clip"


if __name__ == "__main__":
    main(*sys.argv[1:3])
