#!/usr/bin/env python3
"""What was computed survives what happens to files, names and other programs: away for a run, replaced meanwhile, no UTF-8."""
import os
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, require, tiny_model  # noqa: E402


def rows(database, query):
    with sqlite3.connect(database) as connection:
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return connection.execute(query).fetchall()


def vectors(database):
    return rows(database, "SELECT frame_id, model_id, embedding FROM vidcv_embeddings ORDER BY 1, 2")


def file_that_is_away(vidcv, folder, fixtures, model):
    database, clip = folder / "away.db", folder / "away.mp4"
    shutil.copy(fixtures / "cuts-192f.mp4", clip)
    vidcv.run("embed", "--model", model, "--db", database, clip)
    before = vectors(database)
    clip.rename(folder / "hidden")
    vidcv.run("embed", "--model", model, "--db", database, clip, expect=3)
    assert vectors(database) == before
    (folder / "hidden").rename(clip)
    vidcv.run("embed", "--model", model, "--db", database, clip)
    assert vectors(database) == before


def files_that_never_were(vidcv, folder, fixtures, model):
    database = folder / "typo.db"
    vidcv.run("migrate", database)
    vidcv.run("appear", "--model", model, "--db", database, folder / "typo.mp4", expect=1)     # nothing to look for
    vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
    vidcv.run("appear", "--model", model, "--db", database, folder / "typo.mp4", expect=3)
    assert rows(database, "SELECT * FROM scenes") == []


def names_without_a_text(vidcv, folder, fixtures, model):
    database, odd = folder / "odd.db", folder / "odd"
    odd.mkdir()
    shutil.copy(fixtures / "bars.png", os.fsencode(odd) + b"/\xff.png")
    shutil.copy(fixtures / "stripes.png", odd / "%FF.png")
    vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
    vidcv.run("asset", "add", "--db", database, "STRIPES", fixtures / "stripes.png")
    named = [o for o in vidcv.objects("appear", "--model", model, "--threshold", "0.99", "--db", database, odd) if o["type"] == "appearance"]
    assert [o["tag"] for o in named] == ["STRIPES", "BARS"], named       # %FF.png comes before the byte FF
    again = [o for o in vidcv.objects("appear", "--model", model, "--threshold", "0.99", "--db", database) if o["type"] == "appearance"]
    assert again == named


def scene_of_a_project(vidcv, folder, fixtures, model):
    database = folder / "odd.db"
    project = rows(database, "SELECT id FROM projects")[0][0]
    other = vidcv.run("appear", "--model", model, "--db", database, "--project", project, fixtures / "bars.png", expect=3)
    assert "no scene of the project" in other.stderr, other.stderr
    vidcv.run("appear", "--model", model, "--db", database, "--project", "0" * 32, expect=1)
    before = rows(database, "SELECT id FROM projects")
    vidcv.run("asset", "list", "--db", database, "--project-name", "typo", expect=1)
    assert rows(database, "SELECT id FROM projects") == before


def damaged_vector(vidcv, folder, fixtures, model):
    database = folder / "odd.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE vidcv_embeddings SET embedding = x'00' WHERE frame_id = (SELECT min(frame_id) FROM vidcv_embeddings)")
    healed = vidcv.objects("appear", "--model", model, "--threshold", "0.99", "--db", database)
    assert sum(o["type"] == "appearance" for o in healed) == 2
    with sqlite3.connect(database) as connection:
        nan = bytes([0, 0, 192, 127]) * 12
        connection.execute("UPDATE vidcv_embeddings SET embedding = ? WHERE frame_id = (SELECT min(frame_id) FROM vidcv_embeddings)", [nan])
    left = vidcv.objects("appear", "--model", model, "--threshold", "0.99", "--db", database, expect=3)
    assert sum(o["type"] == "error" for o in left) == 1 and sum(o["type"] == "appearance" for o in left) == 1, left


def link_and_dots(vidcv, folder, fixtures, model):
    real, database = folder / "real" / "deep", folder / "link.db"
    real.mkdir(parents=True)
    (folder / "link").symlink_to(real)
    shutil.copy(fixtures / "bars.png", folder / "real" / "p.png")
    shutil.copy(fixtures / "stripes.png", folder / "p.png")
    vidcv.run("asset", "add", "--db", database, "P", f"{folder}/link/../p.png")
    assert rows(database, "SELECT reference_image_url FROM assets") == [(str(folder.resolve() / "real" / "p.png"),)]


def no_trace_of_a_mistake(vidcv, folder, fixtures, model):
    database = folder / "none.db"
    vidcv.run("embed", "--model", model, "--db", database, "--device", "gpu", fixtures / "bars.png", expect=2)
    vidcv.run("embed", "--model", model, "--db", database, "--assets", "--project", "0" * 32, expect=1)
    vidcv.run("asset", "add", "--db", database, "--project", "0" * 32, "T", fixtures / "bars.png", expect=1)
    vidcv.run("embed", "--model", model, "--db", "", "--assets", expect=2)
    assert not database.exists()


def main(programs, fixtures):
    require("torch", "numpy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        file_that_is_away(vidcv, folder, fixtures, model)
        files_that_never_were(vidcv, folder, fixtures, model)
        names_without_a_text(vidcv, folder, fixtures, model)
        scene_of_a_project(vidcv, folder, fixtures, model)
        damaged_vector(vidcv, folder, fixtures, model)
        link_and_dots(vidcv, folder, fixtures, model)
        no_trace_of_a_mistake(vidcv, folder, fixtures, model)
    print("nothing is lost and nothing is left behind")


main(*sys.argv[1:3])
