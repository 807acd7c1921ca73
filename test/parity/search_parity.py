#!/usr/bin/env python3
"""vidcv search against numpy over the same vectors: the same frames in the same order. And what scripts rely on: exit codes, NUL lists, a closed
pipe, names with newlines, two models, an index that is killed while it is written."""
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from support import Vidcv, require, tiny_model

MARGIN = 1e-9  # of two sums of the same numbers in another order


def stored(database):
    """By file, the frames that are not blank with their vectors."""
    import numpy as np
    clips = {}
    with sqlite3.connect(database) as connection:
        for path, number, seconds, blob in connection.execute(
                "SELECT m.path, f.frame_number, f.timestamp_sec, e.embedding FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id "
                "JOIN vidcv_embeddings e ON e.frame_id = f.id WHERE NOT f.blank AND e.model_id = 1 ORDER BY f.id"):
            clips.setdefault(path, []).append((number, seconds, np.frombuffer(blob, "<f4").astype(float)))
    return clips


def best_clips(clips, query):
    """The clips by their best frame."""
    ranked = sorted(((max(float(v @ query) for _, _, v in frames), path) for path, frames in clips.items()), reverse=True)
    return [(path, score) for score, path in ranked]


def compare(vidcv, database, clips):
    asked = 0
    for path, frames in clips.items():
        for number, seconds, vector in frames[::3]:
            expected = best_clips(clips, vector)
            for options in ([], ["--exact-scan"], ["--top", 3]):
                found = vidcv.objects("search", "--db", database, "--moment", f"{path}@{seconds}", *options)
                wanted = expected[:3] if options[:1] == ["--top"] else expected[:10]
                assert [round(o["score"], 9) for o in found] == [round(score, 9) for _, score in wanted], (path, number, options)
                rounded = [round(score, 9) for _, score in expected]
                for o, (p, score) in zip(found, wanted):
                    assert o["path"] == p or rounded.count(round(score, 9)) > 1, (path, number, options, o["path"], p)
                assert all(o["kind"] == "picture" for o in found)
            asked += 1
        least = expected[min(3, len(expected) - 1)][1] - MARGIN
        found = vidcv.objects("search", "--db", database, "--moment", f"{path}@{seconds}", "--top", 100, "--min-score", least)
        got = {(o["path"], f["frame_number"]) for o in found for f in o["frames"]}
        assert got == {(p, n) for p, some in clips.items() for n, _, v in some if float(v @ vector) >= least}
    print(f"{asked} searches give numpy's clips in numpy's order")


def habits(vidcv, database, clips, folder, fixtures, model):
    path, frames = next(iter(clips.items()))
    moment = ["--moment", f"{path}@{frames[0][1]}"]
    vidcv.run("search", "--db", database, *moment, "--min-score", 1.5, expect=3)
    done = vidcv.run("search", "--db", database, *moment, "-0")
    assert done.stdout.split("\0")[0] == path and done.stdout.endswith("\0")
    for refused in (["--frames", "--json"], ["-0", "--json"], ["-0", "--csv"]):
        assert "--" in vidcv.run("search", "--db", database, *moment, *refused, expect=2).stderr
    clock = vidcv.run("search", "--db", database, "--moment", f"{path}@0:00:{frames[0][1]}").stdout
    assert clock == vidcv.run("search", "--db", database, *moment).stdout
    head = subprocess.run(f"'{vidcv.program}' search --db '{database}' --moment '{path}@0' --frames | head -1", shell=True, capture_output=True, text=True)
    assert head.stdout.startswith("path\t") and head.stderr == "", head
    found = vidcv.objects("search", "--db", database, "--image", fixtures / "colours.jpg", "--model", model, "--top", 1)
    assert found[0]["score"] > 0.999 and found[0]["path"].endswith("colours.jpg"), found
    boxed = vidcv.objects("search", "--db", database, "--image", fixtures / "bars.png", "--box", "0,0,64,64", "--model", model, "--top", 1)
    assert boxed[0]["score"] <= 1.000001
    vidcv.run("search", "--db", database, "--image", fixtures / "bars.png", "--box", "0,0,6400,64", "--model", model, expect=1)
    vidcv.run("search", "--db", database, "--image", folder / "none.png", "--model", model, expect=1)
    refused = vidcv.run("search", "--db", database, "--model", model, "a dog", expect=1)
    assert "it takes pictures only" in refused.stderr, refused.stderr
    vidcv.run("search", "--db", database, *moment, "--out", folder / "found", "--top", 2)
    assert len(list((folder / "found").glob("*.jpg"))) == 2
    sheet = folder / "sheet.png"
    for _ in range(2):  # a sheet is replaced by a sheet
        vidcv.run("search", "--db", database, *moment, "--sheet", sheet, "--top", 3)
    assert sheet.read_bytes()[:4] == b"\x89PNG"
    sheet.write_bytes((fixtures / "bars.png").read_bytes())
    assert "--sheet" in vidcv.run("search", "--db", database, *moment, "--sheet", sheet, expect=2).stderr
    assert sheet.read_bytes() == (fixtures / "bars.png").read_bytes(), "a picture of somebody is gone"
    assert "--sheet" in vidcv.run("search", "--db", database, *moment, "--sheet", folder / "sheet.gif", expect=2).stderr
    inside = vidcv.objects("search", "--db", database, *moment, "--in", "*.png", "--exclude", "bars*")
    assert inside and all(o["path"].endswith(".png") and "bars" not in o["path"] for o in inside)


def names_that_are_not_text(vidcv, model, folder, fixtures):
    database, file = folder / "names.db", os.fsencode(folder) + b"/not-utf8-\xff%41.png"
    shutil.copy(os.fsencode(fixtures / "bars.png"), file)
    subprocess.run([vidcv.program, "embed", "-q", "--db", database, "--model", model, file], check=True, stdout=subprocess.DEVNULL)
    moment = ["--moment", file + b"@0"]
    for options in (["-0"], ["-0", "--in", b"*-\xff%41.png"]):
        paths = subprocess.run([vidcv.program, "search", "--db", database, *moment, *options], capture_output=True, check=True).stdout
        assert paths == file + b"\0", paths
    row = subprocess.run([vidcv.program, "search", "--db", database, *moment], capture_output=True, check=True).stdout.splitlines()[1]
    assert row.split(b"\t")[0] == file, row


def another_model(vidcv, database, folder, fixtures):
    other = tiny_model(folder, "other.pt", dim=24)
    vidcv.run("embed", "--db", database, "--model", other, fixtures / "bars.png")
    said = vidcv.run("search", "--db", database, "--moment", f"{fixtures}/bars.png@0", expect=2)
    assert "several models" in said.stderr, said.stderr
    with sqlite3.connect(database) as connection:
        fingerprint = connection.execute("SELECT fingerprint FROM vidcv_models WHERE dim = 24").fetchone()[0]
    assert len(vidcv.objects("search", "--db", database, "--of", fingerprint[:8], "--moment", f"{fixtures}/bars.png@0")) == 1


def killed_while_it_is_written(vidcv, database, clips, kills):
    path, frames = next(iter(clips.items()))
    search = ["search", "--db", database, "--of", "quarters", "--moment", f"{path}@{frames[0][1]}"]
    with sqlite3.connect(database) as connection:
        dim = connection.execute("SELECT dim FROM vidcv_models WHERE id = 1").fetchone()[0]
    expected = vidcv.objects(*search, "--exact-scan") if dim else None
    for kill in range(kills):
        for index in database.parent.glob(f"{database.name}.vectors-*"):
            index.unlink()
        running = subprocess.Popen([vidcv.program, "index", "--db", database], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(kill * 0.0006)
        running.kill()
        running.wait()
        assert vidcv.objects(*search) == expected
    print(f"{kills} programs killed that made an index: the same answer")


def main(programs, fixtures, kills="40"):
    require("numpy", "torch")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder, fixtures = pathlib.Path(folder), pathlib.Path(fixtures)
        model, database = tiny_model(folder), folder / "search.db"
        strange = folder / "a\nname.png"
        shutil.copy(fixtures / "colours.jpg", strange)
        vidcv.run("embed", "--db", database, "--model", model, "--every", 0.5, fixtures, strange, expect=None)
        clips = stored(database)
        assert len(clips) > 8 and str(strange) in clips
        compare(vidcv, database, clips)
        names_that_are_not_text(vidcv, model, folder, fixtures)
        habits(vidcv, database, clips, folder, fixtures, model)
        killed_while_it_is_written(vidcv, database, clips, int(kills))
        another_model(vidcv, database, folder, fixtures)


main(*sys.argv[1:])
