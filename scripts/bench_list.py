#!/usr/bin/env python3
"""How long `vidcv appear --list --asset TAG` takes in a large database, start of the program included.

usage: bench_list.py PROGRAMS FOLDER [ROWS]

Makes FOLDER/list.db with ROWS (1 000 000) appearances of 1000 assets in 20 000 scenes at random, and asks for one asset after the other.
"""
import pathlib
import random
import sqlite3
import statistics
import subprocess
import sys
import time

ASSETS, SCENES, ASKED = 1000, 20000, 30


def make(vidcv, database, rows):
    subprocess.run([vidcv, "migrate", "-q", database], check=True, capture_output=True)
    numbers = random.Random(1)
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("INSERT INTO manifests (id, name, category, status, asset_count, version) VALUES ('m', 'm', 'CUSTOM', 'DRAFT', 0, 1)")
        connection.execute("INSERT INTO projects (id, prompt, style, aspect_ratio, target_clip_duration, target_scene_count, manifest_id, status) "
                           "VALUES ('p', '', '', '', 8, 0, 'm', 'complete')")
        connection.executemany("INSERT INTO assets (id, manifest_id, asset_type, name, manifest_tag, source, sort_order, is_face_crop) "
                               "VALUES (?1, 'm', 'OBJECT', ?1, ?1, 'uploaded', 0, 0)", ((f"A{i}",) for i in range(ASSETS)))
        connection.executemany("INSERT INTO scenes (id, project_id, scene_index, scene_description, start_frame_prompt, end_frame_prompt, "
                               "video_motion_prompt, status) VALUES (?, 'p', ?, '', '', '', '', 'complete')", ((f"s{i}", i) for i in range(SCENES)))
        connection.executemany("INSERT INTO video_clips (id, scene_id, source, status, local_path) VALUES (?1, ?1, 'generated', 'complete', ?2)",
                               ((f"s{i}", f"/clips/{i}.mp4") for i in range(SCENES)))
        for _ in range(rows):
            appearance, scene = f"{numbers.getrandbits(128):032x}", numbers.randrange(SCENES)
            connection.execute("INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, timestamp_sec, confidence, source) "
                               "VALUES (?, ?, 'p', ?, ?, ?, ?, 'clip_match')",
                               (appearance, f"A{numbers.randrange(ASSETS)}", scene, numbers.randrange(8), numbers.random() * 8, numbers.random()))
            connection.execute("INSERT INTO vidcv_appearances (appearance_id, project_id, scene_index, margin, frame_number) VALUES (?, 'p', ?, 0.1, 5)",
                               (appearance, scene))


def main(programs, folder, rows="1000000"):
    vidcv, database = pathlib.Path(programs).resolve() / "vidcv", pathlib.Path(folder) / "list.db"
    database.parent.mkdir(parents=True, exist_ok=True)
    if not database.exists():
        make(vidcv, database, int(rows))

    def ask(number):
        start = time.perf_counter()
        lines = subprocess.run([vidcv, "appear", "--list", "--db", database, "--asset", f"A{number}"], check=True, capture_output=True).stdout
        return (time.perf_counter() - start) * 1000, lines.count(b"\n") - 1

    first = [ask(number) for number in range(ASKED)]
    again = [ask(number) for number in range(ASKED)]
    print(f"{database.stat().st_size / 1e6:.0f} MB; {statistics.mean(n for _, n in first):.0f} rows an asset; "
          f"median {statistics.median(t for t, _ in first):.1f} ms at first sight, {statistics.median(t for t, _ in again):.1f} ms again")


main(*sys.argv[1:])
