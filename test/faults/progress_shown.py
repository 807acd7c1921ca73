#!/usr/bin/env python3
"""On a terminal sample, embed and appear name the clip in hand while its decoder stands still, and end with a line."""
import os
import pathlib
import pty
import select
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, require, tiny_model, until  # noqa: E402

SECONDS = 20


def make_clip(clip):
    """Long enough that its decoder is met at work."""
    source = f"testsrc2=size=1920x1080:rate=25:duration={SECONDS}"
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-c:v", "mpeg4", "-q:v", "8", clip], check=True)


def decoder_of(pid):
    """The decoder process of a run, once there is one."""
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
    for task in children.parent.parent.glob("*/children"):
        for child in task.read_text().split():
            try:
                if "vidcv-decoder" in pathlib.Path(f"/proc/{child}/cmdline").read_text():
                    return int(child)
            except FileNotFoundError:
                continue
    return None


def shown_of(program, *arguments):
    """What a terminal shows of a run whose decoder stands still until the clip has been named."""
    master, slave = pty.openpty()
    environment = {**{k: v for k, v in os.environ.items() if not k.startswith("VIDCV_")}, "TERM": "xterm"}
    run = subprocess.Popen([program, *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=slave, env=environment)
    os.close(slave)
    shown = b""

    def read():
        nonlocal shown
        if select.select([master], [], [], 0)[0]:
            try:
                shown += os.read(master, 65536)
            except OSError:  # the other end is closed
                pass
        return shown

    decoder = until(lambda: decoder_of(run.pid), "a decoder")
    os.kill(decoder, signal.SIGSTOP)
    until(lambda: b"long.mp4" in read() or run.poll() is not None, f"{arguments[0]} names the clip")
    os.kill(decoder, signal.SIGCONT)
    until(lambda: (read(), run.poll())[1] is not None, f"{arguments[0]} ends")
    read()
    os.close(master)
    assert run.returncode == 0, (arguments, run.returncode, shown)
    return shown.decode()


def main(programs, _):
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clips, database = folder / "clips", folder / "x.db"
        clips.mkdir()
        make_clip(clips / "long.mp4")
        commands = [("sample", clips)]
        if vidcv.has_torch:
            require("torch")
            model = tiny_model(folder)
            picture = folder / "frames"
            vidcv.run("sample", "--at", "0", "--format", "png", "--out", picture, clips)
            vidcv.run("asset", "add", "--db", database, "FIRST", next(picture.glob("*/*.png")))
            commands += [("embed", "--model", model, "--db", folder / "y.db", clips), ("appear", "--model", model, "--db", database, clips)]
        for command in commands:
            shown = shown_of(vidcv.program, *command)
            assert "long.mp4" in shown, (command[0], shown)
            assert "1 done" in shown.splitlines()[-1], (command[0], shown)


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:3]))
