#!/usr/bin/env python3
"""export_parity.py BIN FIXTURES: each file of `vidcv export` read by the tool that owns its format, and equal to the database: OpenTimelineIO with
its CMX 3600 and FCPXML readers, NumPy, pycocotools, ffmpeg. Times are whole frames, and the right ones, at six rates and in a clip of no steady
rate."""
import csv
import io
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from support import Vidcv, require, tiny_model

RATES = {"24": 24, "24000/1001": 24000 / 1001, "25": 25, "30000/1001": 30000 / 1001, "50": 50, "60000/1001": 60000 / 1001}
FFMPEG = ["ffmpeg", "-nostdin", "-loglevel", "error", "-y"]


def make_clips(folder):
    """Six clips with a picture of their own from 1 s to 2 s, one of no steady rate, and a name that needs care."""
    for i, rate in enumerate(RATES):
        name = f"it's {i} & <more>.mp4" if i == 2 else f"clip-{i}.mp4"
        subprocess.run([*FFMPEG, "-f", "lavfi", "-i", f"smptebars=s=160x90:r={rate}:d=1", "-f", "lavfi", "-i", f"rgbtestsrc=s=160x90:r={rate}:d=1",
                        "-f", "lavfi", "-i", f"testsrc2=s=160x90:r={rate}:d=1", "-filter_complex", "[0][1][2]concat=n=3,format=yuv420p",
                        "-r", rate, "-c:v", "libx264", "-preset", "veryfast", str(folder / name)], check=True)
    subprocess.run([*FFMPEG, "-i", folder / "clip-0.mp4", "-vf", "select='not(mod(n,5))+gt(t,1.5)'", "-fps_mode", "vfr", "-c:v", "libx264",
                    folder / "varying.mkv"], check=True)


def rows(database, sql):
    with sqlite3.connect(database) as connection:
        return connection.execute(sql).fetchall()


def moments(vidcv, database):
    return [json.loads(line) for line in vidcv.run("export", "--db", database, "--format", "jsonl").stdout.splitlines()]


def check_lists(vidcv, database, found):
    scenes = {}
    for path, text in rows(database, "SELECT c.local_path, m.cv_analysis_json FROM scenes s JOIN video_clips c ON c.scene_id = s.id JOIN scene_manifests m "
                                     "ON m.project_id = s.project_id AND m.scene_index = s.scene_index"):
        scenes[path] = sorted((i["tag"], i["from_sec"], i["to_sec"]) for i in json.loads(text)["intervals"])
    for path, intervals in scenes.items():
        assert sorted((m["label"], m["from_sec"], m["to_sec"]) for m in found if m["path"] == path) == intervals, path
    table = list(csv.DictReader(io.StringIO(vidcv.run("export", "--db", database, "--format", "csv").stdout)))
    assert [(r["path"], r["label"], float(r["from_sec"]), int(r["first_frame"])) for r in table] == [
        (m["path"], m["label"], m["from_sec"], m["first_frame"]) for m in found]
    numbers = {(path, t): n for path, n, t in rows(database, "SELECT path, frame_number, timestamp_sec FROM vidcv_frames f JOIN vidcv_media m ON m.id = media_id")}
    for moment in found:
        if "varying" in moment["path"]:
            continue
        assert moment["first_frame"] == numbers[moment["path"], moment["from_sec"]], moment
        assert moment["end_frame"] == numbers[moment["path"], moment["to_sec"]] + 1, moment
    rates = {pathlib.Path(m["path"]).name: m["frame_rate"] for m in found}
    for i, rate in enumerate(RATES):
        name = f"it's {i} & <more>.mp4" if i == 2 else f"clip-{i}.mp4"
        parts = [int(p) for p in rate.split("/")]
        assert rates[name] == (parts if len(parts) == 2 else parts + [1]), (name, rates)


def check_otio(vidcv, database, folder, found):
    import opentimelineio as otio
    for style in ("markers", "clips"):
        file = folder / f"{style}.otio"
        vidcv.run("export", "--db", database, "--format", "otio", "--as", style, "-o", file)
        timeline = otio.adapters.read_from_file(str(file))
        got = []
        for clip in timeline.find_clips():
            path = otio.url_utils.filepath_from_url(clip.media_reference.target_url)
            ranges = [m.marked_range for m in clip.markers] if style == "markers" else [clip.source_range]
            names = [m.name for m in clip.markers] if style == "markers" else [clip.name]
            for name, spot in zip(names, ranges):
                got.append((path, name, spot.start_time.to_frames(), spot.end_time_exclusive().to_frames()))
        assert got == [(m["path"], m["label"], m["first_frame"], m["end_frame"]) for m in found], (got, found)


def check_edl(vidcv, database, folder, found):
    """An EDL has one rate: one list for each clip."""
    import opentimelineio as otio
    for path in sorted({m["path"] for m in found}):
        alone = folder / "alone.db"
        with sqlite3.connect(database) as source, sqlite3.connect(alone) as target:
            source.backup(target)
        with sqlite3.connect(alone) as connection:
            connection.execute("DELETE FROM asset_appearances WHERE scene_index NOT IN (SELECT s.scene_index FROM scenes s JOIN video_clips c ON c.scene_id = s.id "
                               "WHERE c.local_path = ?)", (path,))
        file = folder / "alone.edl"
        vidcv.run("export", "--db", alone, "--format", "edl", "-o", file)
        wanted = [m for m in found if m["path"] == path]
        rate = wanted[0]["frame_rate"][0] / wanted[0]["frame_rate"][1]
        text = file.read_text()
        assert ("FCM: DROP FRAME" in text) == (wanted[0]["frame_rate"] in ([30000, 1001], [60000, 1001]))
        if "varying" in path:  # at a rate that editors have
            assert len(list(otio.adapters.read_from_file(str(file), rate=30).find_clips())) == len(wanted)
            continue
        timeline = otio.adapters.read_from_file(str(file), rate=rate)
        got = [(c.source_range.start_time.to_frames(), c.source_range.end_time_exclusive().to_frames()) for c in timeline.find_clips()]
        assert got == [(m["first_frame"], m["end_frame"]) for m in wanted], (path, got, wanted)


def check_fcpxml(vidcv, database, folder, found):
    import xml.etree.ElementTree as xml
    from fractions import Fraction
    from urllib.parse import unquote
    for style in ("markers", "clips"):
        file = folder / f"{style}.fcpxml"
        vidcv.run("export", "--db", database, "--format", "fcpxml", "--as", style, "-o", file)
        tree = xml.parse(file)
        assets = {a.get("id"): a for a in tree.iter("asset")}
        formats = {f.get("id"): Fraction(f.get("frameDuration")[:-1]) for f in tree.iter("format")}
        got = []
        for clip in tree.iter("asset-clip"):
            path = unquote(assets[clip.get("ref")].find("media-rep").get("src")[len("file://"):])
            step = formats[clip.get("format")]
            for marker in clip.iter("marker"):
                first, length = Fraction(marker.get("start")[:-1]) / step, Fraction(marker.get("duration")[:-1]) / step
                assert first.denominator == length.denominator == 1, "a marker between two frames"
                got.append((path, marker.get("value"), int(first), int(first + length)))
        assert got == [(m["path"], m["label"], m["first_frame"], m["end_frame"]) for m in found], (style, got)
        import opentimelineio as otio
        names = [c.name for c in otio.adapters.read_from_file(str(file)).find_clips()] if hasattr(
            otio.adapters.read_from_file(str(file)), "find_clips") else None
        assert names is None or names, "OpenTimelineIO's reader of FCPXML finds no clip"


def check_coco(vidcv, database, folder):
    from pycocotools.coco import COCO
    file = folder / "coco.json"
    vidcv.run("export", "--db", database, "--format", "coco", "-o", file)
    coco = COCO(str(file))
    stored = rows(database, "SELECT a.manifest_tag, v.frame_number FROM asset_appearances p JOIN assets a ON a.id = p.asset_id "
                            "JOIN vidcv_appearances v ON v.appearance_id = p.id")
    got = [(coco.cats[a["category_id"]]["name"], coco.imgs[a["image_id"]]["frame_number"]) for a in coco.anns.values()]
    assert sorted(got) == sorted(stored), (got, stored)
    assert all(a["bbox"][2] * a["bbox"][3] == a["area"] > 0 for a in coco.anns.values())


def check_npy(vidcv, database, folder):
    import numpy as np
    out = folder / "vectors"
    vidcv.run("export", "--db", database, "--format", "npy", "-o", out)
    matrix, table = np.load(out / "vectors.npy"), list(csv.DictReader(open(out / "vectors.csv", newline="")))
    stored = rows(database, "SELECT m.path, f.frame_number, f.timestamp_sec, e.embedding FROM vidcv_embeddings e JOIN vidcv_frames f ON f.id = e.frame_id "
                            "JOIN vidcv_media m ON m.id = f.media_id WHERE NOT f.blank ORDER BY m.id, f.frame_number")
    assert matrix.dtype == np.float32 and matrix.shape == (len(stored), len(stored[0][3]) // 4)
    for row, (path, number, seconds, blob) in zip(table, stored):
        assert (row["path"], int(row["frame_number"]), float(row["timestamp_sec"])) == (path, number, seconds), row
        assert matrix[int(row["row"])].tobytes() == blob
    assert len(table) == len(stored)


def check_ffmpeg(vidcv, database, folder, found):
    """ffmpeg reads the chapters, and plays the cut list of the clips of one rate."""
    out = folder / "chapters"
    written = vidcv.objects("export", "--db", database, "--format", "webvtt", "-o", out)
    assert len(written) == len({m["path"] for m in found})
    for o in written:
        probe = json.loads(subprocess.run(["ffprobe", "-loglevel", "error", "-show_packets", "-of", "json", o["path"]], capture_output=True, check=True).stdout)
        wanted = [m for m in found if m["path"] == o["clip"]]
        assert [round(float(p["pts_time"]), 3) for p in probe["packets"]] == [round(m["from_sec"], 3) for m in wanted], (probe, wanted)
    cuts = folder / "cuts.ffconcat"
    vidcv.run("export", "--db", database, "--format", "ffconcat", "-o", cuts)
    subprocess.run([*FFMPEG, "-f", "concat", "-safe", "0", "-i", cuts, "-f", "null", "-"], check=True, capture_output=True)
    lines = cuts.read_text().splitlines()
    assert len([l for l in lines if l.startswith("inpoint ")]) == len(found)


def changed(database, file, *statements):
    """A copy of a database in which others have written."""
    file.unlink(missing_ok=True)
    with sqlite3.connect(database) as source, sqlite3.connect(file) as target:
        source.backup(target)
    with sqlite3.connect(file) as connection:
        for statement in statements:
            connection.execute(statement)
    return file


ROW = ("INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, timestamp_sec, bbox, confidence, source, created_at) "
       "SELECT printf('%032x', rowid), asset_id, project_id, scene_index, frame_index, {time}, {box}, 0.99, 'service', created_at "
       "FROM asset_appearances WHERE timestamp_sec > 0")


def check_rows_of_others(vidcv, database, folder, found):
    """What the service and other programs write beside vidcv's rows."""
    file = folder / "others.db"
    key = [(m["path"], m["label"], m["first_frame"], m["end_frame"]) for m in found]

    def keys():
        return [(m["path"], m["label"], m["first_frame"], m["end_frame"]) for m in moments(vidcv, file)]

    changed(database, file, ROW.format(time="round(timestamp_sec, 2)", box="NULL"))
    assert keys() == key, "rows a few milliseconds beside a frame break moments"
    annotations = json.loads(vidcv.run("export", "--db", file, "--format", "coco").stdout)["annotations"]
    assert {a["source"] for a in annotations} == {"clip_match", "service"}, "rows without a frame number are of the frame at their time"
    changed(database, file, ROW.format(time="-1.5", box="NULL"))
    done = vidcv.run("export", "--db", file, "--format", "edl")
    assert "without a time" in done.stderr and "-" not in done.stdout.split("FROM")[0].split("FRAME\n")[1], done
    changed(database, file, ROW.format(time="9e999", box="NULL"))
    assert keys() == key
    second = "f" * 32
    changed(database, file,
            f"INSERT INTO projects SELECT '{second}', prompt, style, aspect_ratio, target_clip_duration, target_scene_count, manifest_id, status, created_at FROM projects",
            f"INSERT INTO scenes SELECT printf('%032x', rowid + 1000), '{second}', scene_index, scene_description, start_frame_prompt, end_frame_prompt, video_motion_prompt, "
            "transition_notes, status FROM scenes",
            "INSERT INTO video_clips SELECT printf('%032x', c.rowid + 2000), printf('%032x', s.rowid + 1000), c.source, c.status, c.gcs_uri, c.local_path, c.duration_seconds, "
            "c.error_message, c.created_at FROM video_clips c JOIN scenes s ON s.id = c.scene_id",
            "INSERT INTO asset_appearances SELECT printf('%032x', rowid + 3000), asset_id, "
            f"'{second}', scene_index, frame_index, timestamp_sec, bbox, confidence, source, created_at FROM asset_appearances")
    assert keys() == key, "two projects of one clip give each moment twice"
    changed(database, file, "UPDATE projects SET manifest_id = NULL")
    assert "not in the manifest" in vidcv.run("export", "--db", file, "--format", "csv").stderr
    boxes = {"'[0.1, 0.2, 0.5, 0.6]'": [16, 18, 64, 36], "'[10, 20, 30, 50]'": [10, 20, 20, 30], "'[1e300, -5, 3000000000, 7]'": [0, 0, 160, 90],
             "'[5, 5, 5, 5]'": [0, 0, 160, 90], "'no box'": [0, 0, 160, 90]}
    for box, wanted in boxes.items():
        changed(database, file, f"UPDATE asset_appearances SET bbox = {box}")
        got = json.loads(vidcv.run("export", "--db", file, "--format", "coco").stdout)["annotations"]
        assert got and all(a["bbox"] == wanted for a in got), (box, got[0])
    changed(database, file, "UPDATE asset_appearances SET bbox = '[1e300, -5, 3000000000, 7]'")
    vidcv.run("report", "--db", file, "-o", folder / "others.html", "--no-pictures")
    changed(database, file, "UPDATE vidcv_embeddings SET embedding = x'00' WHERE frame_id = (SELECT min(frame_id) FROM vidcv_embeddings)")
    assert "1 damaged vectors" in vidcv.run("export", "--db", file, "--format", "npy", "-o", folder / "damaged").stderr


def check_outputs(vidcv, database, folder):
    """-o replaces a file that it may, and goes where a link points."""
    clip = next((folder / "clips").iterdir())
    other = folder / "other.db"
    vidcv.run("migrate", other)
    link, real = folder / "link.csv", folder / "real.csv"
    link.symlink_to(real)
    for kept, cause in ((clip, "a clip of the database"), (other, "is a database"), (folder, "is a folder"), (folder / "none" / "a.csv", "folder does not exist")):
        before = kept.read_bytes() if kept.is_file() else None
        assert cause in vidcv.run("export", "--db", database, "--format", "csv", "-o", kept, expect=2).stderr, kept
        assert cause in vidcv.run("report", "--db", database, "--force", "-o", kept, expect=2).stderr, kept
        assert before is None or kept.read_bytes() == before
    vidcv.run("export", "--db", database, "--format", "csv", "-o", link)
    vidcv.run("export", "--db", database, "--format", "csv", "-o", link)
    assert link.is_symlink() and real.read_text().startswith("path,label")


def check_faults(vidcv, database, folder):
    assert "--output" in vidcv.run("export", "--db", database, "--format", "npy", expect=2).stderr
    assert "--as" in vidcv.run("export", "--db", database, "--format", "edl", "--as", "clips", expect=2).stderr
    assert "--output" in vidcv.run("export", "--db", database, "--format", "otio", "--json", expect=2).stderr
    before = database.read_bytes()
    assert "is a database" in vidcv.run("export", "--db", database, "--format", "csv", "-o", database, expect=2).stderr
    assert "is a database" in vidcv.run("report", "--db", database, "-o", database, "--force", expect=2).stderr
    assert database.read_bytes() == before
    assert "--query" in vidcv.run("export", "--db", database, "--format", "csv", "--query", "x", "--tag", "BARS", expect=2).stderr
    assert "--of" in vidcv.run("export", "--db", database, "--format", "csv", "--of", "x", expect=2).stderr
    import os
    os.mkfifo(folder / "fifo")  # which is neither waited for nor replaced
    for command in (("export", "--format", "csv"), ("report", "--force")):
        assert "regular file" in vidcv.run(command[0], "--db", database, *command[1:], "-o", folder / "fifo", expect=2, timeout=20).stderr
    assert (folder / "fifo").is_fifo()
    plain = vidcv.run("export", "--db", database, "--format", "csv").stdout
    assert vidcv.run("export", "--db", database, "--format", "csv", "-o", "-", cwd=folder).stdout == plain and not (folder / "-").exists()
    assert "no asset has this tag" in vidcv.run("export", "--db", database, "--format", "csv", "--tag", "NONE", expect=1).stderr
    empty = folder / "empty.db"
    vidcv.run("migrate", empty)
    for name in ("csv", "jsonl", "otio", "edl", "fcpxml", "ffconcat", "coco"):
        vidcv.run("export", "--db", empty, "--format", name)
    vidcv.run("export", "--db", empty, "--format", "npy", "-o", folder / "none", expect=1)
    found = moments(vidcv, database)
    only = [json.loads(l) for l in vidcv.run("export", "--db", database, "--format", "jsonl", "--tag", "COLOURS").stdout.splitlines()]
    assert only == [m for m in found if m["label"] == "COLOURS"] and only != found


def main(programs, fixtures):
    require("torch", "numpy", "opentimelineio", "otio_cmx3600_adapter", "otio_fcpx_xml_adapter", "pycocotools")
    vidcv = Vidcv(programs)
    fixtures = pathlib.Path(fixtures)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clips = folder / "clips"
        clips.mkdir()
        make_clips(clips)
        database, model = folder / "film.db", tiny_model(folder)
        vidcv.run("asset", "add", "--db", database, "BARS", fixtures / "bars.png")
        vidcv.run("asset", "add", "--db", database, "COLOURS", fixtures / "colours.jpg")
        vidcv.run("appear", "--db", database, "--model", model, "--every", "0.25", "--threshold", "0.95", "--distinctness", "-1", clips)
        found = moments(vidcv, database)
        assert {m["label"] for m in found} == {"BARS", "COLOURS"} and len(found) >= 14, found
        check_lists(vidcv, database, found)
        check_otio(vidcv, database, folder, found)
        check_edl(vidcv, database, folder, found)
        check_fcpxml(vidcv, database, folder, found)
        check_coco(vidcv, database, folder)
        check_npy(vidcv, database, folder)
        check_ffmpeg(vidcv, database, folder, found)
        check_rows_of_others(vidcv, database, folder, found)
        check_outputs(vidcv, database, folder)
        check_faults(vidcv, database, folder)
        print(f"{len(found)} moments of {len(RATES) + 1} clips: each format as its own tool reads it")


if __name__ == "__main__":
    main(*sys.argv[1:3])
