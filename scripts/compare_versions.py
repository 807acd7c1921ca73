#!/usr/bin/env python3
"""compare_versions.py BEFORE NOW MEDIA: whether two builds of vidcv (their bin folders) give the same rows, vectors and exit codes.

Each file of MEDIA is sampled by each policy; all of MEDIA is embedded into one database and an asset is looked for in it, by both. Compares what
they print as JSON and their exit codes, and the tables of the databases without ids of runs and times of day. Messages may differ.
"""
import argparse
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test/parity"))
from support import tiny_model  # noqa: E402

POLICIES = (["--policy", "budget"], ["--policy", "reference"], ["--every", "0.7"], ["--count", "5"], ["--policy", "keyframes"], ["--policy", "scene"], ["--start", "1", "--end", "3"])
QUERIES = ("SELECT path, size, content_hash, decoded, plan, status, stage, tries FROM vidcv_media ORDER BY path",
           "SELECT path, frame_number, timestamp_sec, kind, motion_ratio, quality, blank, hex(embedding) FROM vidcv_frames f JOIN vidcv_media m ON m.id = f.media_id "
           "LEFT JOIN vidcv_embeddings e ON e.frame_id = f.id ORDER BY path, frame_number",
           "SELECT id, asset_id, scene_index, frame_index, timestamp_sec, bbox, confidence, source FROM asset_appearances ORDER BY id",
           "SELECT scene_index, continuity_score, cv_analysis_json FROM scene_manifests ORDER BY scene_index")
DROPPED = {"message", "wall_sec", "decode_sec", "encode_sec", "store_sec", "idle_sec", "analyzed_at", "generated_at"}


def printed(program, *arguments):
    """Objects without times and messages, and the exit code."""
    done = subprocess.run([program / "vidcv", *map(str, arguments)], capture_output=True, text=True, errors="surrogateescape")
    objects = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [{key: value for key, value in some.items() if key not in DROPPED} for some in objects], done.returncode


def stored(program, folder, model, media):
    database = folder / "library.db"
    picture = folder / "asset.png"
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x90", "-frames:v", "1", picture], check=True)
    results = [printed(program, "embed", "--json", "--policy", "budget", "--model", model, "--db", database, media)[1],
               printed(program, "asset", "add", "--json", "--db", database, "BARS", picture)[1],
               printed(program, "appear", "--json", "--model", model, "--db", database, "--policy", "budget", "--threshold", "0.5", media)]
    with sqlite3.connect(database) as connection:
        for query in QUERIES:
            results.append([[drop_times(value) for value in row] for row in connection.execute(query)])
    return results


def drop_times(value):
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    return json.dumps({key: some for key, some in json.loads(value).items() if key not in DROPPED})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("before", "now", "media"):
        parser.add_argument(name, type=pathlib.Path)
    args = parser.parse_args()
    files, different = sorted(file for file in args.media.rglob("*") if file.is_file()), 0
    for file in files:
        for policy in POLICIES:
            before, now = (printed(program, "sample", "--json", *policy, file) for program in (args.before, args.now))
            if before != now:
                different += 1
                print(f"sample {' '.join(policy)} {file}:\n  {before}\n  {now}")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model = tiny_model(folder)
        places = [folder / "before", folder / "now"]
        for place in places:
            place.mkdir()
        before, now = (stored(program, place, model, args.media) for program, place in zip((args.before, args.now), places))
        for number, (one, other) in enumerate(zip(before, now)):
            if one != other:
                different += 1
                pairs = zip(one, other) if isinstance(one, (list, tuple)) else [(one, other)]
                print(f"part {number} of embed and appear:", next((pair for pair in pairs if pair[0] != pair[1]), "of different lengths"))
    print(f"{len(files)} files by {len(POLICIES)} plans, embed and appear: {different} differences")
    return 1 if different else 0


sys.exit(main())
