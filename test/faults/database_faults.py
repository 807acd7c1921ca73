#!/usr/bin/env python3
"""database_faults.py BIN FIXTURES [KILLS]: what happens to a database while it is written: kill -9 in migrate, embed --assets, appear and appear with
detections and new assets, four programs at once, two migrations at once, a lock that is not given back, a full disk, a read-only one. Nothing half-written is ever seen, nothing finished is lost,
and the message says what happened."""
import contextlib
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import HERE, Vidcv, kill_at, processor_s_of_run, reference, require, tiny_model  # noqa: E402

ASSETS = ("bars.png", "stripes.png", "colours.jpg")


def rows(database, query):
    with contextlib.closing(sqlite3.connect(database)) as connection:  # which the garbage collector would do at some other time
        return connection.execute(query).fetchall()


def contents(database):
    """What is in the database, without the moments at which it was written."""
    assert rows(database, "PRAGMA integrity_check") == [("ok",)]
    return [rows(database, query) for query in (
        "SELECT type, name, sql FROM sqlite_master ORDER BY name",
        "SELECT id, manifest_tag, crop_bbox, source, hex(clip_embedding) FROM assets ORDER BY id",
        "SELECT m.path, d.position, d.frame_number, d.x1, d.y1, d.class, d.quality, hex(v.embedding) FROM vidcv_media m JOIN vidcv_detections d "
        "ON d.media_id = m.id JOIN vidcv_detection_vectors v ON v.detection_id = d.id ORDER BY 1, 2",
        "SELECT project_id, scene_index, cv_analysis_json, continuity_score FROM scene_manifests ORDER BY 1, 2",
        "SELECT id, asset_id, scene_index, frame_index, timestamp_sec, bbox, confidence, source FROM asset_appearances ORDER BY id",
        "SELECT path, plan, status FROM vidcv_media ORDER BY path",
        "SELECT m.path, f.frame_number, hex(e.embedding) FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id "
        "JOIN vidcv_embeddings e ON e.frame_id = f.id ORDER BY 1, 2",
        "SELECT m.path, f.frame_number, r.x1, r.y1, r.x2, hex(r.embedding) FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id "
        "JOIN vidcv_regions r ON r.frame_id = f.id ORDER BY 1, 2, 3, 4, 5")]


def service_database(folder, fixtures):
    """A project as the service makes it, before the analysis columns: assets without vectors, and a scene per clip."""
    database, arguments = folder / "service.db", []
    for picture in ASSETS:
        arguments += ["--asset", f"{picture.split('.')[0].upper()}={fixtures / picture}"]
    for number in range(6):
        clip = folder / f"scene-{number}.mp4"
        shutil.copy(fixtures / ("cuts-192f.mp4" if number % 2 else "flicker-48f.mp4"), clip)
        arguments += ["--clip", clip]
    reference(HERE / "vidpipe_db.py", "make", database, *arguments)
    return database


def copy_of(database, name):
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return shutil.copy(database, database.parent / name)


def detections(folder):
    """Things in each scene that are no asset."""
    found = folder / "found.jsonl"
    found.write_text("".join(json.dumps({"clip": f"scene-{scene}.mp4", "frame_number": frame, "bbox": [8 * frame, 0, 8 * frame + 90, 80],
                                         "class": f"thing {scene}", "confidence": 0.5}) + "\n" for scene in range(6) for frame in (1, 5)))
    return found


def kills(vidcv, service, model, count):
    found, crops = detections(service.parent), service.parent / "crops"
    jobs = [["migrate"], ["embed", "--model", model, "--assets", "--db"], ["appear", "--model", model, "--threshold", "-1", "--regions", "--db"],
            ["appear", "--model", model, "--threshold", "0.9999", "--quality-gate", "0", "--detections", found, "--register-new", "--crops", crops, "--db"]]
    whole, durations = copy_of(service, "whole.db"), []

    def start(arguments, database):
        return subprocess.Popen([vidcv.program, *map(str, arguments), database], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    for job in jobs:
        undisturbed = start(job, whole)
        durations.append(processor_s_of_run(undisturbed))
        assert undisturbed.returncode == 0, job
    expected, numbers, in_time = contents(whole), random.Random(1), 0
    made = len(rows(whole, "SELECT 1 FROM assets WHERE source = 'vidcv_detection'"))
    assert made == len(list(crops.iterdir())) and made >= 3, made
    for kill in range(count):
        database = copy_of(service, f"killed-{kill}.db")
        for job, (arguments, duration) in enumerate(zip(jobs, durations)):
            if job == kill % len(jobs):
                in_time += kill_at(start(arguments, database), duration * numbers.random())
                assert rows(database, "PRAGMA integrity_check") == [("ok",)]
            vidcv.run(*arguments, database)
        assert contents(database) == expected, f"kill {kill}: other rows than an undisturbed run's"
    assert in_time >= count // 2, "hardly a kill came in time"
    return in_time


def four_writers(vidcv, folder, fixtures, model):
    database, alone = folder / "shared.db", folder / "alone.db"
    folders = []
    for number in range(4):
        folders.append(folder / f"part-{number}")
        folders[-1].mkdir()
        for clip in range(3):
            shutil.copy(fixtures / "flicker-48f.mp4", folders[-1] / f"{clip}.mp4")
    for each in (database, alone):
        vidcv.run("asset", "add", "--db", each, "BARS", fixtures / "bars.png")
    command = ["appear", "--model", model, "--threshold", "-1", "--db"]
    runs = [subprocess.Popen([vidcv.program, *map(str, command), database, part], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            for part in folders]
    for run in runs:
        said = run.communicate()[1]
        assert run.returncode == 0 and "locked" not in said and "holds the database" not in said, said
    vidcv.run(*command, alone, *folders)
    count = "SELECT count(*) FROM asset_appearances"
    assert rows(database, count) == rows(alone, count) and rows(database, count)[0][0] >= 12
    assert rows(database, "SELECT count(DISTINCT scene_index), count(*) FROM scenes") == [(12, 12)]


def two_migrations(vidcv, service):
    database = copy_of(service, "twice.db")
    runs = [subprocess.Popen([vidcv.program, "migrate", database], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) for _ in range(2)]
    assert [run.wait() for run in runs] == [0, 0]
    vidcv.run("migrate", "--check", database)
    assert len(list(database.parent.glob("twice.db.before-*"))) == 1


def lock_that_stays(vidcv, service):
    database = copy_of(service, "held.db")
    holder = sqlite3.connect(database, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    said = vidcv.run("migrate", "--busy-timeout", "0.3", database, expect=1).stderr
    holder.execute("COMMIT")
    assert "another program holds the database" in said and "nothing was changed" in said and said.count("\n") == 1, said
    assert not list(database.parent.glob("held.db.before-*"))
    vidcv.run("migrate", database)


@contextlib.contextmanager
def own_disk(disk, size):
    """A file system of its own, where this process may mount one; else nothing."""
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", disk], capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", disk], check=True)


def full_disk(vidcv, folder, fixtures, model):
    disk = folder / "disk"
    with own_disk(disk, "2500k") as mounted:
        if not mounted:
            return "not tried, as nothing may be mounted here"
        database = disk / "a.db"
        vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
        clips = folder / "many"
        clips.mkdir()
        for number in range(150):
            shutil.copy(fixtures / "bars.png", clips / f"{number:03}.png")
        said = vidcv.run("embed", "--model", model, "--db", database, clips, expect=1).stderr
        assert "the disk is full; what was stored before is as it was" in said, said
        done = rows(database, "SELECT count(*) FROM vidcv_media WHERE status = 'done'")[0][0]
        assert rows(database, "PRAGMA integrity_check") == [("ok",)] and 0 < done < 150, done
        subprocess.run(["mount", "-o", "remount,size=20m", disk], check=True)
        again = [o for o in vidcv.objects("embed", "--model", model, "--db", database, clips) if o["type"] == "embedding"]
        assert len({o["path"] for o in again}) == 150 - done, "what was finished was done again, or lost"
    return "survived"


def read_only_disk(vidcv, folder, fixtures, model):
    disk = folder / "read-only"
    with own_disk(disk, "20m") as mounted:
        if not mounted:
            return "not tried"
        database = disk / "a.db"
        vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
        vidcv.run("appear", "--model", model, "--db", database, fixtures / "bars.png")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        for command in (["migrate", database], ["appear", "--model", model, "--db", database, fixtures / "bars.png"],
                        ["asset", "add", "--db", database, "CAR", fixtures / "stripes.png"]):
            said = vidcv.run(*command, expect=1).stderr
            assert said.count("\n") == 1 and "Read-only file system" in said, said
        assert "BARS" in vidcv.run("appear", "--list", "--db", database).stdout
        vidcv.run("migrate", "--check", database)
    return "refused by name"


def main(programs, fixtures, count="8"):
    require("torch", "numpy", "sqlalchemy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        service = service_database(folder, fixtures)
        two_migrations(vidcv, service)
        lock_that_stays(vidcv, service)
        four_writers(vidcv, folder, fixtures, model)
        full, read_only = full_disk(vidcv, folder, fixtures, model), read_only_disk(vidcv, folder, fixtures, model)
        in_time = kills(vidcv, service, model, int(count))
    print(f"{count} kills, {in_time} of them before the end: the same rows each time; full disk: {full}; read-only disk: {read_only}")


main(*sys.argv[1:])
