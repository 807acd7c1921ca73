#!/usr/bin/env python3
"""kept_and_forgotten.py BIN FIXTURES: what a database keeps until a command says otherwise (the sampling plan, what another model found, a night's failures), what
goes on request (--prune, vidcv forget), and what a run that fails leaves as it was."""
import pathlib
import shutil
import sqlite3
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, require, tiny_model


def rows(database, sql):
    with sqlite3.connect(database) as connection:
        return connection.execute(sql).fetchall()


def dump(database):
    with sqlite3.connect(database) as connection:
        return "\n".join(connection.iterdump())


def listed(vidcv, database):
    return [(o["tag"], o["path"], o["frame_number"]) for o in vidcv.objects("appear", "--list", "--db", database, expect=0)]


def check_plan(vidcv, folder, model, clips):
    database = folder / "plan.db"
    vidcv.run("asset", "add", "--db", database, "BARS", clips.parent / "bars.png")
    find = ("appear", "--db", database, "--model", model, "--threshold", "-1")
    vidcv.run(*find, "--every", "0.5", clips)
    frames = rows(database, "SELECT media_id, frame_number FROM vidcv_frames ORDER BY 1, 2")
    before = listed(vidcv, database)
    assert len(frames) > 2 * len(rows(database, "SELECT id FROM vidcv_media WHERE path LIKE '%.mp4'"))
    for arguments in (find, (*find, clips), ("embed", "--db", database, "--model", model, clips)):
        done = vidcv.run(*arguments)
        assert "another plan" not in done.stderr, done.stderr
        assert rows(database, "SELECT media_id, frame_number FROM vidcv_frames ORDER BY 1, 2") == frames, arguments
    other = tiny_model(folder, "plan-model.pt", dim=24)
    vidcv.run("embed", "--db", database, "--model", other, clips)  # which must sample them for itself
    assert rows(database, "SELECT media_id, frame_number FROM vidcv_frames ORDER BY 1, 2") == frames
    assert listed(vidcv, database) == before
    done = vidcv.run(*find, "--every", "2")
    files = len(rows(database, "SELECT id FROM vidcv_media"))
    assert f"{files} files were sampled by another plan and are sampled again (every 2)" in done.stderr, done.stderr
    assert len(rows(database, "SELECT id FROM vidcv_frames")) < len(frames)
    (folder / "named.toml").write_text("[sampling]\nevery_sec = 0.5\npolicy = 'every'\n")
    done = vidcv.run(*find, "--config", folder / "named.toml")  # which is for clips that have no plan yet
    assert "another plan" not in done.stderr and len(rows(database, "SELECT id FROM vidcv_frames")) < len(frames), done.stderr
    done = vidcv.run(*find, "--policy", "every", "--every", "0.5")
    assert "sampled again (every 0.5)" in done.stderr
    assert rows(database, "SELECT media_id, frame_number FROM vidcv_frames ORDER BY 1, 2") == frames


def check_models(vidcv, folder, model, clips):
    database = folder / "models.db"
    vidcv.run("asset", "add", "--db", database, "BARS", clips.parent / "bars.png")
    vidcv.run("appear", "--db", database, "--model", model, "--threshold", "-1", clips)
    before = listed(vidcv, database)
    assert before
    other = tiny_model(folder, "other.pt", dim=24)
    done = vidcv.run("appear", "--db", database, "--model", other, "--threshold", "1", clips)
    assert "BARS" not in done.stdout and not done.stderr.count("not looked for"), (done.stdout, done.stderr)
    assert listed(vidcv, database) == before
    assert len(rows(database, "SELECT DISTINCT model_id FROM vidcv_asset_vectors")) == 2
    vidcv.run("forget", "--db", database, "--model", rows(database, "SELECT fingerprint FROM vidcv_models WHERE dim = 24")[0][0])
    assert listed(vidcv, database) == before
    vidcv.run("appear", "--db", database, "--model", model, "--threshold", "1", "--margin", "2", clips)
    assert listed(vidcv, database) == []


def check_forgetting(vidcv, folder, model, clips):
    database = folder / "forget.db"
    vidcv.run("asset", "add", "--db", database, "BARS", clips.parent / "bars.png")
    find = ("appear", "--db", database, "--model", model, "--threshold", "-1")
    vidcv.run(*find, clips)
    (clips / "wide.mp4").unlink()
    vidcv.run(*find, "--prune", clips)
    assert not [path for _, path, _ in listed(vidcv, database) if path.endswith("wide.mp4")]
    vidcv.run(*find)  # which would fail on a scene without its file
    (clips / "flicker.mp4").unlink()
    vidcv.run(*find, expect=3)
    before = dump(database)
    vidcv.run("forget", "--dry-run", "--db", database, clips / "flicker.mp4")
    assert dump(database) == before
    vidcv.run("forget", "--db", database, clips / "flicker.mp4")
    vidcv.run(*find)
    vidcv.run("status", database)
    (clips / "cuts.mp4").rename(clips / "cuts.txt")  # no clip is left, and the disk is not away
    vidcv.run("embed", "--db", database, "--model", model, clips, expect=1)
    done = vidcv.run("embed", "--db", database, "--model", model, "--prune", clips)
    assert "1 files that no longer exist are forgotten" in done.stderr, done.stderr
    vidcv.run("embed", "--db", folder / "none.db", "--model", model, "--prune", clips, expect=1)
    assert not (folder / "none.db").exists()


def check_kept_scenes(vidcv, folder, model, clips):
    database = folder / "kept.db"
    vidcv.run("asset", "add", "--db", database, "BARS", clips.parent / "bars.png")
    vidcv.run("appear", "--db", database, "--model", model, "--threshold", "-1", clips)
    with sqlite3.connect(database) as connection:
        connection.execute("INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, confidence, source, created_at) "
                           "SELECT 'theirs', asset_id, project_id, scene_index, 0, 1, 'manual', created_at FROM asset_appearances "
                           "WHERE scene_index = 0 LIMIT 1")
    (clips / "cuts.mp4").unlink()
    done = vidcv.run("embed", "--db", database, "--model", model, "--prune", clips)
    assert "/0 stays: another program has rows of it" in done.stderr, done.stderr


def check_nothing_to_look_for(vidcv, folder, model, clips):
    """Not a byte of the database changes."""
    database = folder / "service.db"
    vidcv.run("asset", "add", "--db", database, "--project-name", "other", "BARS", clips.parent / "bars.png")
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("DROP TABLE vidcv_findings")  # as of an older version
    before = database.read_bytes()
    for arguments in ((clips,), ("--project-name", "vidcv"), ("--project", "0" * 32)):
        vidcv.run("appear", "--db", database, "--model", model, *arguments, expect=1)
        assert database.read_bytes() == before, arguments


def check_failures(vidcv, folder, model, clips):
    database = folder / "failures.db"
    vidcv.run("embed", "--db", folder / "none.db", "--model", model, folder / "empty", expect=1)
    assert not (folder / "none.db").exists()
    vidcv.run("asset", "add", "--db", database, "BARS", clips.parent / "bars.png")
    vidcv.run("embed", "--db", database, "--model", model, clips)
    before = dump(database)
    for arguments in (("--project-name", "typo", clips), ("--project-name", "typo", "--calibrate", clips), ("--project-name", "typo")):
        vidcv.run("appear", "--db", database, "--model", tiny_model(folder, "third.pt", dim=36), *arguments, expect=1)
        assert dump(database) == before, arguments
    vidcv.run("asset", "add", "--db", database, "--project-name", "typo", "NEW", "--another", clips.parent / "bars.png", expect=1)
    assert dump(database) == before
    for name in ("tpyo.mp4", folder / "tpyo/"):
        vidcv.run("embed", "--db", database, "--model", model, name, expect=3)
    vidcv.run("status", database)
    (clips / "bad.mp4").write_text("no clip")
    vidcv.run("embed", "--db", database, "--model", model, clips, expect=3)
    runs = rows(database, "SELECT uuid FROM vidcv_runs ORDER BY id")
    assert len(runs) == 2, runs
    for _ in range(3):
        vidcv.run("embed", "--db", database, "--model", model, clips, expect=3)
    assert rows(database, "SELECT uuid FROM vidcv_runs ORDER BY id") == runs
    assert all(o["state"] == "ended" for o in vidcv.objects("status", database, expect=3) if o["type"] == "run")


def main(programs, fixtures):
    require("torch")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    for check in (check_plan, check_models, check_forgetting, check_kept_scenes, check_nothing_to_look_for, check_failures):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "empty").mkdir()
            clips = folder / "clips"
            clips.mkdir()
            shutil.copy(fixtures / "bars.png", folder)
            for name, source in (("cuts.mp4", "cuts-192f.mp4"), ("flicker.mp4", "flicker-48f.mp4"), ("wide.mp4", "wide-pixels-24f.mp4")):
                shutil.copy(fixtures / source, clips / name)
            check(vidcv, folder, tiny_model(folder), clips)
    print("kept until told otherwise, gone when told, and as it was after a failure")


main(*sys.argv[1:])
