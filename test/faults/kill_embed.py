#!/usr/bin/env python3
"""kill_embed.py BIN FIXTURES [KILLS]: kill -9 at different moments of `vidcv embed` loses at most the clips in flight: the database
is whole each time, and a rerun ends with the very rows of a run that nobody disturbed."""
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, kill_at, processor_s_of_run, require, tiny_model  # noqa: E402

CLIPS = 10


def make_clips(folder, fixtures):
    folder.mkdir()
    for number in range(CLIPS):
        shutil.copy(fixtures / ("cuts-192f.mp4" if number % 2 else "flicker-48f.mp4"), folder / f"{number}.mp4")
    for name in ("truncated.mp4", "text.mp4", "empty.mp4", "dangling.mp4"):
        shutil.copy(fixtures / name, folder / name, follow_symlinks=False)


def contents(database):
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        media = connection.execute("SELECT path, size, content_hash, decoded, plan, status, stage, error FROM vidcv_media ORDER BY path").fetchall()
        vectors = connection.execute("""SELECT m.path, f.frame_number, f.timestamp_sec, f.kind, f.motion_ratio, hex(e.embedding)
            FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id JOIN vidcv_embeddings e ON e.frame_id = f.id
            ORDER BY m.path, f.frame_number""").fetchall()
        return media, vectors


def finished(database):
    if not database.exists():
        return 0
    with sqlite3.connect(database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        known = connection.execute("SELECT name FROM sqlite_master WHERE name = 'vidcv_media'").fetchall()
        return connection.execute("SELECT count(*) FROM vidcv_media WHERE status = 'done'").fetchone()[0] if known else 0


def main(programs, fixtures, kills="20"):
    require("torch", "numpy")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, clips = tiny_model(folder), folder / "clips"
        make_clips(clips, pathlib.Path(fixtures).resolve())

        def embed(database):
            return subprocess.Popen([vidcv.program, "embed", "--model", model, "--db", database, clips], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        undisturbed = embed(folder / "whole.db")
        whole_s = processor_s_of_run(undisturbed)
        assert undisturbed.returncode == 3
        expected = contents(folder / "whole.db")
        assert len(expected[0]) == CLIPS + 4 and len(expected[1]) > 3 * CLIPS
        cut_short = 0
        for kill in range(int(kills)):
            database = folder / f"killed-{kill}.db"
            kill_at(embed(database), whole_s * (kill + 0.5) / int(kills))
            done = finished(database)
            cut_short += done < CLIPS
            rerun = vidcv.objects("embed", "--model", model, "--db", database, clips, expect=3)
            assert len({o["path"] for o in rerun if o["type"] == "embedding"}) == CLIPS - done, "finished clips were done again"
            assert contents(database) == expected, f"kill {kill}: other rows than an undisturbed run's"
        assert cut_short >= int(kills) // 4, "hardly a kill came in time"
    print(f"{kills} kills, {cut_short} of them before the end: the same rows each time")


main(*sys.argv[1:])
