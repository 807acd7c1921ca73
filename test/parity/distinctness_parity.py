#!/usr/bin/env python3
"""Which assets vidcv appear finds, against numpy over the same vectors: by thresholds alone, which is the service's rule, and by distinctness, whose
formula is that of docs/appear.md."""
import pathlib
import sqlite3
import sys
import tempfile

from support import Vidcv, require, tiny_model

LEAST, MARGIN = 0.4, 1e-9


def read(database):
    """The assets' vectors by tag, the frames' by file and number, and the plates'."""
    import numpy as np

    def vector(blob):
        return np.frombuffer(blob, "<f4").astype(float)
    with sqlite3.connect(database) as connection:
        assets = {tag: vector(blob) for tag, blob in connection.execute(
            "SELECT a.manifest_tag, v.embedding FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id WHERE NOT v.blank")}
        frames = {}
        for path, number, blob in connection.execute(
                "SELECT m.path, f.frame_number, e.embedding FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id AND NOT f.blank "
                "JOIN vidcv_embeddings e ON e.frame_id = f.id"):
            frames.setdefault(path, {})[number] = vector(blob)
        plates = [vector(blob) for blob, in connection.execute("SELECT embedding FROM vidcv_plates ORDER BY plate")]
        scenes = {index: path for index, path in connection.execute("SELECT s.scene_index, c.local_path FROM scenes s JOIN video_clips c ON c.scene_id = s.id")}
    assert len(plates) == 32
    return assets, {path: some for path, some in frames.items() if path in scenes.values()}, plates, scenes


def level_of(asset, frames, plates, threshold):
    def mean_of_best(scores):
        best = sorted(scores)[-3:]
        return sum(best) / len(best) if best else -1
    level = mean_of_best([float(plate @ asset) for plate in plates])
    clips = [max(float(v @ asset) for v in some.values()) for some in frames.values()]
    sure = [s for s in clips if s >= threshold and (s - level) / (1 - level) >= LEAST]
    return max(level, mean_of_best([s for s in clips if s not in sure]))


def found(vidcv, database, model, *options):
    objects = vidcv.objects("appear", "--db", database, "--model", model, *options)
    return [o for o in objects if o["type"] == "appearance"]


def check(vidcv, database, model, threshold):
    assets, frames, plates, scenes = read(database)
    levels = {tag: level_of(vector, frames, plates, threshold) for tag, vector in assets.items()}
    scores = {(tag, path, number): float(v @ asset) for tag, asset in assets.items() for path, some in frames.items() for number, v in some.items()}
    far = {key: score for key, score in scores.items() if abs(score - threshold) > MARGIN}
    alone = {(o["tag"], scenes[o["scene_index"]], o["frame_number"]): o
             for o in found(vidcv, database, model, "--threshold", threshold, "--distinctness", -1)}
    assert {k for k in alone if k in far} == {k for k, score in far.items() if score >= threshold}
    for (tag, path, number), o in alone.items():
        score = scores[tag, path, number]
        assert abs(o["confidence"] - score) < 1e-6
        assert abs(o["distinctness"] - (score - levels[tag]) / (1 - levels[tag])) < 1e-5, (tag, path, o, levels[tag])
    default = {(o["tag"], scenes[o["scene_index"]], o["frame_number"]) for o in found(vidcv, database, model, "--threshold", threshold)}
    distinct = {k: (score - levels[k[0]]) / (1 - levels[k[0]]) for k, score in far.items()}
    assert default == {k for k, score in far.items() if score >= threshold and distinct[k] >= LEAST}, "the default rule"
    print(f"threshold {threshold}: {len(alone)} matches by it alone, {len(default)} of them distinct")
    return len(alone), len(default)


def main(programs, fixtures):
    require("numpy", "torch")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder, fixtures = pathlib.Path(folder), pathlib.Path(fixtures)
        model, database = tiny_model(folder), folder / "film.db"
        vidcv.run("sample", "--out", folder / "frames", "--format", "png", "--frames", "30,70,150", fixtures / "cuts-192f.mp4")
        for number, picture in enumerate(sorted((folder / "frames").rglob("*.png"))):
            vidcv.run("asset", "add", "--db", database, f"SHOT_{number}", picture)
        vidcv.run("asset", "add", "--db", database, "COLOURS", fixtures / "colours.jpg")
        clips = sorted(p for p in fixtures.iterdir() if p.suffix in (".mp4", ".png", ".jpg"))
        vidcv.run("appear", "--db", database, "--model", model, *clips, expect=None)
        counts = [check(vidcv, database, model, threshold) for threshold in (0.5, 0.8, 0.9, 0.97)]
        assert any(all_of_them > distinct > 0 for all_of_them, distinct in counts), "the rules differ nowhere"
        partly = found(vidcv, database, model, "--scene", 0)
        whole = [o for o in found(vidcv, database, model) if o["scene_index"] == 0]
        assert partly == whole, "a run over one scene decides otherwise than one over all"


main(*sys.argv[1:3])
