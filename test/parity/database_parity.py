#!/usr/bin/env python3
"""A database of the Python service is brought up to date in place, at each of its ages, and SQLAlchemy reads it afterwards."""
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from support import HERE, Vidcv, reference, require


def tables(database):
    with sqlite3.connect(database) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in names}


def check_stage(vidcv, stage, folder, fixtures):
    database = folder / f"stage-{stage}.db"
    made = reference(HERE / "vidpipe_db.py", "make", database, "--stage", stage, "--asset", f"BARS={fixtures}/bars.png",
                     "--asset", f"STRIPES={fixtures}/stripes.png", "--clip", f"{fixtures}/cuts-192f.mp4")[0]
    before = tables(database)
    assert vidcv.run("migrate", "--check", database, expect=4).stdout
    applied = [step["id"] for step in vidcv.objects("migrate", database) if step["status"] == "applied"]
    assert any("clip_embedding" in step for step in applied) == (stage == 8), applied
    after = tables(database)
    assert "clip_embedding" in after["assets"]
    assert {"cv_analysis_json", "continuity_score"} <= set(after["scene_manifests"])
    assert "asset_appearances" in after and "vidcv_media" in after
    for name, columns in before.items():
        assert after[name][:len(columns)] == columns, f"{name}: columns of the service changed"
    vidcv.run("migrate", "--check", database)
    assert all(step["status"] == "present" for step in vidcv.objects("migrate", database))
    read = subprocess.run([sys.executable, HERE / "vidpipe_db.py", "read", database], check=True, capture_output=True, text=True).stdout
    assert all(asset in read for asset in made["assets"].values())


def main(programs, fixtures):
    require("sqlalchemy", "numpy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        for stage in (8, 9, 13):
            check_stage(vidcv, stage, pathlib.Path(folder), fixtures)
    print("stages 8, 9 and 13 migrate and read")


main(*sys.argv[1:3])
