#!/usr/bin/env python3
"""The analysis on the service's databases at each of their ages: SQLAlchemy loads every row after each command, columns that vidcv does not know keep
their values, vectors that numpy wrote are matched, and detections become appearances and new assets, twice with the same rows."""
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

from support import HERE, Vidcv, reference, require, tiny_model

DETECTIONS = [  # of cuts-192f.mp4: bars, colours from frame 60 on, stripes from 100 on
    {"clip": "cuts-192f.mp4", "frame_number": 0, "bbox": [0, 0, 64, 48], "class": "Vehicle", "confidence": 0.9},
    {"clip": "cuts-192f.mp4", "frame_number": 20, "bbox": [0.1, 0.1, 0.6, 0.9], "class": "vehicle", "confidence": 0.8},
    {"clip": "cuts-192f.mp4", "timestamp_sec": 1.02, "bbox": [5, 5, 60, 40], "class": "face", "confidence": 0.7, "face_embedding": [0.6, 0.8, 0]},
    {"clip": "cuts-192f.mp4", "frame_number": 110, "bbox": [20, 10, 300, 170], "class": "thing", "confidence": 0.6, "quality": 9},
    {"clip": "cuts-192f.mp4", "frame_number": 111, "bbox": [20, 10, 300, 170], "class": "thing", "confidence": 0.6, "quality": 8},
]


def read(database):
    """What the service sees."""
    done = subprocess.run([sys.executable, HERE / "vidpipe_db.py", "read", database], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def columns_that_vidcv_does_not_know(database):
    with sqlite3.connect(database) as connection:
        return [connection.execute(query).fetchall() for query in (
            "SELECT vision_model, deleted_at, title FROM projects", "SELECT rewritten_video_prompt FROM scene_manifests ORDER BY scene_index")]


def write_detections(file):
    lines = [json.dumps(line) for line in DETECTIONS]
    lines.insert(2, "{broken")
    file.write_text("\n".join(lines) + "\n")
    return file


def check_stage(vidcv, stage, folder, fixtures, model):
    database = folder / f"stage-{stage}.db"
    reference(HERE / "vidpipe_db.py", "make", database, "--stage", stage, "--asset", f"BARS={fixtures}/bars.png",
              "--asset", f"COLOURS={fixtures}/colours.jpg", "--clip", f"{fixtures}/cuts-192f.mp4", "--clip", f"{fixtures}/flicker-48f.mp4")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE assets SET detection_class = 'vehicle', face_embedding = ? WHERE manifest_tag = 'COLOURS'", [face()])
        if stage == 13:
            connection.execute("UPDATE projects SET title = 'Ein Titel', vision_model = '模型'")
            connection.execute("UPDATE scene_manifests SET rewritten_video_prompt = 'neu ' || scene_index")
    before = columns_that_vidcv_does_not_know(database) if stage == 13 else None
    vidcv.run("migrate", database)
    read(database)
    vidcv.run("embed", "--model", model, "--assets", "--db", database)
    assert [asset["clip_embedding"]["norm"] for asset in read(database)["assets"]] == [1.0, 1.0]
    vidcv.run("appear", "--model", model, "--db", database)
    assert {row["source"] for row in read(database)["appearances"]} == {"clip_match"}

    found = write_detections(folder / "found.jsonl")
    command = ["appear", "--model", model, "--db", database, "--detections", found, "--register-new"]
    said = vidcv.objects(*command, expect=3)
    errors = [(o["path"], o["message"]) for o in said if o["type"] == "error"]
    assert errors == [(str(found), "line 3: not JSON: byte 2: invalid literal")], errors
    seen = read(database)
    rows = {(row["source"], row["frame_index"], round(row["timestamp_sec"], 3)): row for row in seen["appearances"] if row["source"] != "clip_match"}
    colours = next(asset for asset in seen["assets"] if asset["tag"] == "COLOURS")
    assert {key for key, row in rows.items() if row["asset"] == colours["id"]} == {
        ("yolo", 0, 0.0), ("yolo", 0, 0.833), ("face_match", 0, 1.0)}, rows
    assert rows["face_match", 0, 1.0]["confidence"] > 0.99 and rows["yolo", 0, 0.833]["bbox"][0] > 0
    new = [asset for asset in seen["assets"] if asset["source"] == "vidcv_detection"]
    assert [(asset["tag"], asset["crop_bbox"], asset["quality_score"]) for asset in new] == [("THING_1", [20, 10, 300, 170], 9.0)], new
    assert new[0]["clip_embedding"]["norm"] == 1.0
    again = vidcv.objects(*command, expect=3)
    assert read(database) == seen, "a second run leaves other rows"
    assert [o for o in said if o["type"] != "registered"] == again
    if stage == 13:
        assert columns_that_vidcv_does_not_know(database) == before


def face():
    import numpy as np
    return (np.array([0.6, 0.8, 0.01], "<f4") * 3).tobytes()  # of whatever length: faces are compared by their direction


def numpy_vectors(vidcv, folder, fixtures):
    """A blob that numpy wrote, 512 numbers of unit length, counts as CLIP ViT-B/32's, and as no other model's. Where it does not count
    the picture gets a vector beside it."""
    import numpy as np
    clip = tiny_model(folder, "clip.pt", dim=512, architecture="clip-vit-base-patch32")
    other = tiny_model(folder, "other.pt", dim=512, architecture="another")
    database = folder / "numpy.db"
    reference(HERE / "vidpipe_db.py", "make", database, "--stage", "9", "--asset", f"BARS={fixtures}/bars.png",
              "--asset", f"SHORT={fixtures}/bars.png", "--asset", f"LONG={fixtures}/bars.png", "--clip", f"{fixtures}/cuts-192f.mp4")
    vidcv.run("migrate", database)
    vector = vidcv.objects("embed", "--model", clip, fixtures / "bars.png")[0]["embedding"]
    import base64
    blob = np.frombuffer(base64.b64decode(vector), "<f4").copy()
    with sqlite3.connect(database) as connection:
        for tag, value in (("BARS", blob), ("SHORT", blob[:100]), ("LONG", blob * 2)):
            connection.execute("UPDATE assets SET clip_embedding = ? WHERE manifest_tag = ?", [value.tobytes(), tag])
    def columns():
        with sqlite3.connect(database) as connection:
            return connection.execute("SELECT manifest_tag, clip_embedding FROM assets ORDER BY manifest_tag").fetchall()

    before = columns()
    for model in (clip, other):
        tags = {o["tag"] for o in vidcv.objects("appear", "--model", model, "--db", database) if o["type"] == "appearance"}
        assert tags == {"BARS", "LONG", "SHORT"}, (model, tags)
        assert columns() == before, "a vector of another program was replaced"
    with sqlite3.connect(database) as connection:
        made = connection.execute("""SELECT m.name, a.manifest_tag FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id
            JOIN vidcv_models m ON m.id = v.model_id ORDER BY v.model_id, a.manifest_tag""").fetchall()
    assert [tag for _, tag in made] == ["LONG", "SHORT", "BARS", "LONG", "SHORT"], made  # BARS has its own for CLIP ViT-B/32


def main(programs, fixtures):
    require("torch", "sqlalchemy", "numpy")
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        for stage in (8, 9, 13):
            check_stage(vidcv, stage, folder, fixtures, model)
        numpy_vectors(vidcv, folder, fixtures)
    print("stages 8, 9 and 13 are analysed and read, with and without detections; vectors of numpy are matched")


main(*sys.argv[1:3])
