#!/usr/bin/env python3
"""isolation.py BIN FIXTURES [KILLS]: a file that crashes, hangs or floods its decoder fails alone; decoders that are killed
cost nothing; none outlives the program; and what a decoder may do is as little as it needs."""
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, processor_s, require, tiny_model, until  # noqa: E402

CLIPS = ("cuts-192f.mp4", "flicker-48f.mp4", "bars.png", "black-48f.mp4")
FAULTS = ("crash", "hang", "memory")
USER_OF_NOBODY = 65533
MOST_KILLS = 8  # in one run: fewer than a file forgives, though all of them should meet the same one


def fault_library(programs):
    return pathlib.Path(programs).resolve() / "../test/libdecoder_faults.so"


def make_clips(folder, fixtures, copies):
    folder.mkdir()
    for number in range(copies):
        for name in CLIPS:
            shutil.copy(fixtures / name, folder / f"{number}-{name}")


def processes(name, parent=None, session=None):
    found = []
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError, ValueError):
            fields = dict(line.split(":\t", 1) for line in status.read_text().splitlines() if ":\t" in line)
            is_alive = not fields["State"].startswith(("Z", "X"))
            if is_alive and fields["Name"] == name[:15] and (parent is None or int(fields["PPid"]) == parent) \
                    and (session is None or int(fields["NSsid"].split()[0]) == session):
                found.append(int(status.parent.name))
    return found


def is_at_work(running):
    """Whether a program and its decoders have gone on so far that they are in the middle of a file."""
    assert running.poll() is None, running.communicate()
    with contextlib.suppress(OSError):  # a decoder has just ended
        return sum(map(processor_s, [running.pid, *processes("vidcv-decoder", running.pid)])) > 0.5
    return False


def contents(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return connection.execute("""SELECT m.path, m.status, m.stage, m.error, m.tries, f.frame_number, f.timestamp_sec, f.kind, f.motion_ratio, hex(e.embedding)
            FROM vidcv_media m LEFT JOIN vidcv_frames f ON f.media_id = m.id LEFT JOIN vidcv_embeddings e ON e.frame_id = f.id
            ORDER BY m.path, f.frame_number""").fetchall()


def bad_files_cost_themselves(vidcv, folder, fixtures, library):
    clips = folder / "bad"
    make_clips(clips, fixtures, 2)
    good = vidcv.run("sample", "--isolation", "process", clips).stdout
    for fault in FAULTS:
        (clips / f"0-fault-{fault}.mp4").write_text(f"FAULT {fault}")
    settings = folder / "limits.toml"
    settings.write_text("[limits]\nlimit_wall_sec = 4\nlimit_memory_mb = 512\n")
    environment = {**os.environ, "LD_PRELOAD": str(library)}
    begin = time.monotonic()
    running = subprocess.Popen([vidcv.program, "sample", "--config", settings, clips], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               env=environment, start_new_session=True)
    output, error = running.communicate()
    assert running.returncode == 3, error
    assert output == good, "the good files came out otherwise"
    told = {re.search("fault-(.*).mp4", line)[1]: line for line in error.splitlines()}
    assert len(told) == 3, error
    assert "decode: the decoder crashed (SIGSEGV)" in told["crash"], told
    assert "more than 4 seconds spent on it ([limits] limit_wall_sec)" in told["hang"], told
    assert re.search("crashed|memory", told["memory"]), told
    took = time.monotonic() - begin
    assert took < 20, took
    assert not processes("vidcv-decoder", session=running.pid), "a decoder outlived its program"
    print(f"three bad files: {took:.1f} s; " + "; ".join(line.split(": ", 2)[2] for line in told.values()))


def stopped_while_a_decoder_hangs(vidcv, folder, library):
    (folder / "hang.mp4").write_text("FAULT hang")
    running = subprocess.Popen([vidcv.program, "sample", folder / "hang.mp4"], env={**os.environ, "LD_PRELOAD": str(library)},
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    until(lambda: is_at_work(running), "a decoder that hangs")
    running.send_signal(signal.SIGTERM)
    begin = time.monotonic()
    error = running.communicate()[1]
    took = time.monotonic() - begin
    assert running.returncode == -signal.SIGTERM and took < 5, (running.returncode, took)
    assert "stopped; what was finished is saved" in error and "hang.mp4" not in error, error
    print(f"SIGTERM while a decoder hung: {took:.1f} s")


def stopped_in_the_middle_of_a_clip(vidcv, folder, fixtures):
    """A long clip that is well: neither way of decoding holds the end of the run."""
    film = folder / "film.mp4"
    subprocess.run(["ffmpeg", "-v", "error", "-stream_loop", "3000", "-i", fixtures / "cuts-192f.mp4", "-c", "copy", film], check=True)
    for isolation in ("process", "none"):
        running = subprocess.Popen([vidcv.program, "sample", "--isolation", isolation, film], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: is_at_work(running), "the middle of the film")
        running.send_signal(signal.SIGTERM)
        begin = time.monotonic()
        output, error = running.communicate()
        took = time.monotonic() - begin
        assert running.returncode == -signal.SIGTERM and took < 5, (isolation, running.returncode, took)
        assert "film.mp4" not in output + error, (output, error)
        print(f"SIGTERM in the middle of a long clip, --isolation {isolation}: {took:.1f} s")


def a_decoder_that_does_not_start_is_no_files_fault(vidcv, folder, fixtures):
    programs = folder / "bin"
    programs.mkdir()
    for name in ("vidcv", "vidcv-sample"):
        shutil.copy(pathlib.Path(vidcv.program).parent / name, programs / name)
    for does in (None, "exit 1", "echo x >&3; exec sleep 100"):
        if does:
            (programs / "vidcv-decoder").write_text(f"#!/bin/sh\n{does}\n")
            (programs / "vidcv-decoder").chmod(0o755)
        done = subprocess.run([programs / "vidcv", "sample", fixtures / "bars.png"], capture_output=True, text=True)
        assert done.returncode == 1 and "vidcv-decoder: start: " in done.stderr and "isolation = none" in done.stderr, done


def few_threads_are_enough_or_told(vidcv, folder, fixtures):
    """A user who may have no more processes: what cannot be started is reported in one line, and nothing waits for it."""
    if os.getuid() != 0 or shutil.which("setpriv") is None:
        return print("not root, or no setpriv: a limit of processes was not tried")
    home = folder / "few"
    shutil.copytree(pathlib.Path(vidcv.program).parent, home, ignore=shutil.ignore_patterns("test_*", "bench_*"))
    clips = [shutil.copy(fixtures / name, home) for name in CLIPS]
    for path in (folder, home):
        path.chmod(0o755)
    codes = []
    for limit in (1, 3, 5, 8, 11, 30):
        for isolation in ("none", "process"):
            command = ["setpriv", "--reuid", str(USER_OF_NOBODY), "--clear-groups", "prlimit", f"--nproc={limit}", home / "vidcv-sample", "-j", "4", "--isolation", isolation, *clips]
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=home)
            assert done.returncode in (0, 1, 3) and "internal" not in done.stderr, (limit, isolation, done)
            assert done.returncode == 0 or done.stderr.startswith("vidcv sample: "), (limit, isolation, done)
            codes.append(done.returncode)
    assert codes[-2:] == [0, 0] and 1 in codes, codes
    print(f"with few processes allowed: exit codes {codes}")


def killed_decoders_cost_nothing(vidcv, folder, fixtures, model, kills):
    clips = folder / "many"
    make_clips(clips, fixtures, 12)
    vidcv.run("embed", "--isolation", "none", "--model", model, "--db", folder / "whole.db", clips)
    expected = contents(folder / "whole.db")
    killed = runs = 0
    while killed < kills:
        of_this_run = 0
        database = folder / f"killed-{runs}.db"
        running = subprocess.Popen([vidcv.program, "embed", "--model", model, "--db", database, clips], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while running.poll() is None:
            time.sleep(random.uniform(0.05, 0.5))
            if of_this_run < MOST_KILLS and (decoders := processes("vidcv-decoder", running.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(random.choice(decoders), signal.SIGKILL)
                    of_this_run += 1
        killed += of_this_run
        error = running.communicate()[1]
        assert running.returncode == 0, error
        assert contents(database) == expected, "a row is wrong or missing"
        runs += 1
    print(f"{killed} decoders killed in {runs} runs: the same rows")


def no_decoder_outlives_its_program(vidcv, folder, fixtures, model, kills):
    clips = folder / "many"
    expected = contents(folder / "whole.db")
    cut_short = 0
    for kill in range(kills):
        database = folder / f"parent-{kill}.db"
        running = subprocess.Popen([vidcv.program, "embed", "--model", model, "--db", database, clips], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(random.uniform(0.03, 0.3))
        decoders = processes("vidcv-decoder", running.pid)
        running.kill()
        cut_short += running.wait() == -signal.SIGKILL
        until(lambda: not set(decoders) & set(processes("vidcv-decoder")), "every decoder has ended with its program")
        vidcv.run("embed", "--model", model, "--db", database, clips)
        assert contents(database) == expected
    print(f"{cut_short} of {kills} programs killed: no decoder stayed, the same rows in the end")


def decoders_open_nothing(vidcv, folder, fixtures):
    if shutil.which("strace") is None:
        return print("no strace: what decoders do was not looked at")
    traces = folder / "traces"
    traces.mkdir()
    inputs = [fixtures / name for name in (*CLIPS, "truncated.mp4", "text.mp4")]
    done = subprocess.run(["strace", "-ff", "-qq", "-o", traces / "of", vidcv.program, "sample", *inputs], capture_output=True, text=True)
    if "ptrace" in done.stderr:
        return print("no process may be traced here: what decoders do was not looked at")
    calls = {file.suffix[1:]: file.read_text().splitlines() for file in traces.iterdir()}
    decoders = [pid for pid, lines in calls.items() if any(line.startswith("execve(") and "vidcv-decoder" in line for line in lines)]
    assert decoders
    names = set()
    for decoder in decoders:
        held_from = [place for place, call in enumerate(calls[decoder]) if re.match(r"seccomp\(SECCOMP_SET_MODE_FILTER, \w+, {len=.*= 0$", call)]
        assert held_from, "the decoder was not held"
        mine = calls[decoder][held_from[0] + 1:]
        for call in list(mine):  # its threads are held as well
            if (thread := re.match(r"clone\(.*= (\d+)$", call)):
                mine += calls[thread[1]]
        assert len(mine) > 20, mine
        names |= {re.match(r"(\w+)", call)[1] for call in mine if re.match(r"\w+\(", call)}
        opened = [call for call in mine if re.match(r"(open|openat|openat2|creat)\(", call) and " = -1 " not in call]
        assert not opened, opened
    wrong = names & {"socket", "connect", "bind", "execve", "fork", "vfork", "ptrace", "kill"}
    assert not wrong, wrong
    print(f"{len(decoders)} decoders, once they were held: {', '.join(sorted(names))}")


def main(programs, fixtures, kills="10"):
    library = fault_library(programs)
    vidcv, fixtures, kills = Vidcv(programs), pathlib.Path(fixtures).resolve(), int(kills)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        stopped_in_the_middle_of_a_clip(vidcv, folder, fixtures)
        a_decoder_that_does_not_start_is_no_files_fault(vidcv, folder, fixtures)
        if library.exists():  # not with sanitizers
            bad_files_cost_themselves(vidcv, folder, fixtures, library)
            stopped_while_a_decoder_hangs(vidcv, folder, library)
            few_threads_are_enough_or_told(vidcv, folder, fixtures)
            decoders_open_nothing(vidcv, folder, fixtures)
        if not vidcv.has_torch:
            return
        require("torch", "numpy")
        model = tiny_model(folder)
        killed_decoders_cost_nothing(vidcv, folder, fixtures, model, kills)
        no_decoder_outlives_its_program(vidcv, folder, fixtures, model, max(3, kills // 4))


main(*sys.argv[1:4])
