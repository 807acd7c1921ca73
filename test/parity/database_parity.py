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


def rows(database, names):
    """Every row of these tables, by column name: what the service had must be there afterwards, whatever was added."""
    with sqlite3.connect(database) as connection:
        connection.row_factory = sqlite3.Row
        return {name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY rowid")] for name in names}


def add_rows(database, stage):
    """A row with everything and one with nothing in each table: non-ASCII texts, JSON null as text, NULLs wherever they may be."""
    import sqlalchemy
    from sqlalchemy.orm import Session
    from vidpipe_db import declare
    _, tables = declare(stage)
    with Session(sqlalchemy.create_engine(f"sqlite:///{database}")) as session:
        def add(table, **values):
            row = tables[table](**values)
            session.add(row)
            session.flush()
            return row

        full = add("Manifest", name="Café 映画 🎬", description="Ünïcode", tags=["ä", None], category="CUSTOM")
        add("Manifest", name="", tags=None)
        parent = add("Asset", manifest_id=full.id, asset_type="CHARACTER", name="Zoë", manifest_tag="ZOË", user_tags=None, face_embedding=b"\0" * 2048,
                     crop_bbox=[1, 2, 30, 40], quality_score=7.5, detection_class="person", detection_confidence=0.5, is_face_crop=True)
        add("Asset", manifest_id=full.id, asset_type="PROP", name="nothing", manifest_tag="NOTHING", source_asset_id=parent.id)
        later = {"vision_model": "模型", "title": "Ein Titel"} if stage >= 13 else {}
        project = add("Project", prompt="ein Ähren-Film", style="noir", aspect_ratio="9:16", target_clip_duration=8, status="complete",
                      manifest_id=full.id, **later)
        add("Project", prompt="", style="", aspect_ratio="", target_clip_duration=0, status="failed")
        scene = add("Scene", project_id=project.id, scene_index=7, scene_description="é", start_frame_prompt="", end_frame_prompt="",
                    video_motion_prompt="", transition_notes="→", status="complete")
        add("SceneManifest", project_id=project.id, scene_index=7, manifest_json={"ключ": None}, asset_tags=None,
            **({"rewritten_video_prompt": "neu"} if stage >= 13 else {}))
        add("VideoClip", scene_id=scene.id, status="failed", gcs_uri="gs://eimer/ä.mp4", error_message="verloren")
        add("VideoClip", scene_id=scene.id, status="pending")
        if stage >= 9:
            add("AssetAppearance", asset_id=parent.id, project_id=project.id, scene_index=7, frame_index=0, confidence=0.5, source="manual")
        session.commit()


def check_stage(vidcv, stage, folder, fixtures):
    database = folder / f"stage-{stage}.db"
    made = reference(HERE / "vidpipe_db.py", "make", database, "--stage", stage, "--asset", f"BARS={fixtures}/bars.png",
                     "--asset", f"STRIPES={fixtures}/stripes.png", "--clip", f"{fixtures}/cuts-192f.mp4")[0]
    add_rows(database, stage)
    before = tables(database)
    rows_before = rows(database, before)
    assert vidcv.run("migrate", "--check", database, expect=4).stdout
    done = vidcv.objects("migrate", database)
    applied = [step["id"] for step in done if step["type"] == "migration" and step["status"] == "applied"]
    backup = [step["path"] for step in done if step["type"] == "backup"]
    assert len(backup) == 1 and rows(backup[0], before) == rows_before, backup
    assert tables(backup[0]) == before, "the copy is not what was there"
    assert any("clip_embedding" in step for step in applied) == (stage == 8), applied
    after = tables(database)
    assert "clip_embedding" in after["assets"]
    assert {"cv_analysis_json", "continuity_score"} <= set(after["scene_manifests"])
    assert "asset_appearances" in after and "vidcv_media" in after
    for name, columns in before.items():
        assert after[name][:len(columns)] == columns, f"{name}: columns of the service changed"
    for name, old in rows_before.items():
        assert [{key: row[key] for key in before[name]} for row in rows(database, [name])[name]] == old, f"{name}: values changed"
    vidcv.run("migrate", "--check", database)
    assert all(step["status"] == "present" for step in vidcv.objects("migrate", database))  # and no second copy
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
