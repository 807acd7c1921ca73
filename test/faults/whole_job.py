#!/usr/bin/env python3
"""Asset add, embed and appear on the service's database and on a plain folder: the right rows, twice, with four bad files."""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import HERE, Vidcv, reference, require, tiny_model  # noqa: E402

BAD = ["truncated.mp4", "text.mp4", "empty.mp4", "dangling.mp4"]


def rows(database, query):
    with sqlite3.connect(database) as connection:
        return connection.execute(query).fetchall()


def plain_folder(vidcv, folder, fixtures, model):
    clips, database = folder / "clips", folder / "plain.db"
    clips.mkdir()
    for name in ["cuts-192f.mp4", "black-48f.mp4", "one-frame.mp4", *BAD]:
        shutil.copy(fixtures / name, clips / name, follow_symlinks=False)
    vidcv.run("asset", "add", "--db", database, "STRIPES", fixtures / "stripes.png")
    vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
    done = vidcv.run("embed", "--model", model, "--db", database, clips, expect=3)
    assert len(done.stderr.splitlines()) == 4, done.stderr
    failed = rows(database, "SELECT path, stage, error FROM vidcv_media WHERE status = 'failed' ORDER BY path")
    assert [pathlib.Path(row[0]).name for row in failed] == sorted(BAD) and all(row[1] == "open" and row[2] for row in failed), failed
    first = vidcv.objects("appear", "--model", model, "--db", database, clips, expect=3)
    written = rows(database, "SELECT * FROM asset_appearances ORDER BY id")
    again = vidcv.objects("appear", "--model", model, "--db", database, clips, expect=3)
    assert first == again and written == rows(database, "SELECT * FROM asset_appearances ORDER BY id")
    found = {(scene["path"].rsplit("/", 1)[1], run["tag"]) for scene in first if scene["type"] == "scene" for run in scene["intervals"]}
    assert found == {("cuts-192f.mp4", "BARS"), ("cuts-192f.mp4", "STRIPES"), ("one-frame.mp4", "BARS")}, found
    assert sum(o["type"] == "appearance" for o in first) == len(written) > 0


def service_database(vidcv, folder, fixtures, model):
    database = folder / "service.db"
    made = reference(HERE / "vidpipe_db.py", "make", database, "--stage", "8", "--asset", f"BARS={fixtures}/bars.png",
                     "--asset", f"DARK={fixtures}/black.png", "--clip", f"{fixtures}/cuts-192f.mp4", "--clip", f"{fixtures}/black-48f.mp4")[0]
    refused = vidcv.run("appear", "--model", model, "--db", database, expect=1)
    assert "vidcv migrate" in refused.stderr, refused.stderr
    vidcv.run("migrate", database)
    seen = [o for o in vidcv.objects("appear", "--model", model, "--db", database) if o["type"] == "appearance"]
    assert seen and all(o["tag"] == "BARS" and o["scene_index"] == 0 for o in seen), seen
    assert [o["timestamp_sec"] for o in seen] == [0.0, 2.0], seen
    read = subprocess.run([sys.executable, HERE / "vidpipe_db.py", "read", database], check=True, capture_output=True, text=True).stdout
    loaded = json.loads(read)
    assert len(loaded["appearances"]) == len(seen)
    assert all(row["source"] == "clip_match" and row["project"] == made["project"] for row in loaded["appearances"])
    assert [asset["clip_embedding"]["length"] for asset in loaded["assets"]] == [12, 12]
    assert loaded["scenes"][0]["cv_analysis"]["version"] == 1 and 0 <= loaded["scenes"][0]["continuity_score"] <= 10


def main(programs, fixtures):
    require("torch", "numpy", "sqlalchemy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        plain_folder(vidcv, folder, fixtures, model)
        service_database(vidcv, folder, fixtures, model)
    print("folder and service database agree")


main(*sys.argv[1:3])
