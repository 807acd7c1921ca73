#!/usr/bin/env python3
"""Hostile files: exit 0 or 3, one line for each failure, nothing else opened or written, in little memory and time.

usage: hostile_media.py PROGRAMS FIXTURES [FILE...]   FILEs besides those that are made here
"""
import json
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv  # noqa: E402

SECONDS = 30
MEGABYTES = 600
NAMES = ["-leading.mp4", "a:b.mp4", "http:x.mp4", "file:x.mp4", "pipe:0", "n%03d.mp4", "n[1,2].mp4", "two\nlines.mp4", "tab\t.mp4",
         "quote'\".mp4", "*?.mp4", "~", "$HOME.mp4", "nœud ☃.mp4"]


def playlists(folder, clip):
    """Texts that would make a trusting reader open other files, under harmless names."""
    texts = {
        "hls.mp4": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{clip}\n#EXT-X-ENDLIST\n",
        "concat.mp4": f"ffconcat version 1.0\nfile '{clip}'\n",
        "dash.mp4": f"<?xml version='1.0'?><MPD><Period><BaseURL>{clip}</BaseURL></Period></MPD>",
        "sdp.mp4": "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
        "svg.png": f"<svg xmlns='http://www.w3.org/2000/svg'><image href='{clip}'/></svg>",
        "text.jpg": "A text that some readers paint as a picture.\n" * 50,
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return [folder / name for name in texts]


SYSTEM = ['"/proc/', '"/sys/', '"/etc/', '"/usr/', '"/lib', '"/dev/', ".so"]


def is_strange(call):
    """Whether a system call does more than opening the one file as we do, with O_NOCTTY, or reading what belongs to the system."""
    if "ENOENT" in call or "resumed" in call or "???(" in call or "+++" in call or "---" in call or '"/dev/null", O_RDWR)' in call:  # a decoder's stdout
        return False
    if "open" not in call or "O_CREAT" in call or "O_WRONLY" in call or "O_RDWR" in call:
        return True
    return "O_NOCTTY" not in call and not any(part in call for part in SYSTEM)


def run(vidcv, file, folder):
    trace = folder / "trace"
    program = [str(pathlib.Path(vidcv.program).parent / "vidcv-sample"), "--json", "-q", "--", str(file)]
    strace = ["strace", "-f", "-o", str(trace), "-e", "trace=open,openat,creat,connect,socket,rename,unlink"]
    watched = shutil.which("strace") is not None
    start = time.monotonic()
    done = subprocess.run(strace + program if watched else program, capture_output=True, timeout=SECONDS, cwd=folder / "cwd",
                          env={**os.environ, "ASAN_OPTIONS": "detect_leaks=0"})  # which cannot look while strace does
    wall = time.monotonic() - start
    assert done.returncode in (0, 3), (file, done.returncode, done.stderr[-500:])
    result = json.loads(done.stdout.splitlines()[0])
    assert len(done.stderr.splitlines()) == (result["type"] == "error"), (file, done.stderr)
    assert (result["type"] == "error") == (done.returncode == 3), file
    if watched and trace.exists():
        strange = [call for call in trace.read_text(errors="replace").splitlines() if is_strange(call)]
        assert not strange, (file, strange)
    assert not list((folder / "cwd").iterdir()), file
    return result, wall


def main(programs, fixtures, *files):
    vidcv = Vidcv(programs)
    slowest, refused = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "cwd").mkdir()
        (folder / "names").mkdir()
        clip = pathlib.Path(fixtures).resolve() / "cuts-192f.mp4"
        named = [folder / "names" / strange for strange in NAMES]
        for file in named:
            shutil.copy(clip, file)
        for file in [*playlists(folder, clip), *named, *map(lambda given: pathlib.Path(given).resolve(), files)]:
            result, wall = run(vidcv, file, folder)
            assert file not in named or result["frames_decoded"] == 192, result
            assert file.parent != folder or result["type"] == "error", result
            slowest, refused = max(slowest, wall), refused + (result["type"] == "error")
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    assert peak < MEGABYTES, f"{peak} MiB"
    print(f"{len(NAMES) + 6 + len(files)} files, {refused} refused, at most {slowest:.1f} s and {peak} MiB")


main(*sys.argv[1:])
