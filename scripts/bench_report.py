#!/usr/bin/env python3
"""bench_report.py --vidcv PROGRAM --model MODEL --clip CLIP --at SEC [--at SEC ...] [--clips 1000]
The report of a library: CLIP under many names, with assets cut from it at these times. Prints how long `vidcv report` takes with and without
pictures, how long decoding the same frames takes alone, how large the page is, and how long Chromium takes to open it beside an empty page."""
import argparse
import base64
import itertools
import os
import pathlib
import re
import sqlite3
import subprocess
import tempfile
import time

COPIED = {  # what makes a clip another one, table by table
    "vidcv_media": {"id": "id + {n} * 1000", "path": "replace(path, 'clip-0000', 'clip-{n:04d}')"},
    "vidcv_frames": {"id": "id + {n} * 1000", "media_id": "media_id + {n} * 1000"},
    "scenes": {"id": "printf('%032x', {n})", "scene_index": "{n}"},
    "scene_manifests": {"scene_index": "{n}"},
    "video_clips": {"id": "printf('%032x', {n})", "scene_id": "printf('%032x', {n})", "local_path": "replace(local_path, 'clip-0000', 'clip-{n:04d}')"},
    "asset_appearances": {"id": "printf('%032x', {n} * 1000 + rowid)", "scene_index": "{n}"},
    "vidcv_appearances": {"appearance_id": "(SELECT printf('%032x', {n} * 1000 + a.rowid) FROM asset_appearances a WHERE a.id = appearance_id)",
                          "scene_index": "{n}", "frame_id": "frame_id + {n} * 1000"},
}


def multiply(database, clips):
    with sqlite3.connect(database) as connection:
        for table, changes in COPIED.items():
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            first = {"scenes": "scene_index = 0", "scene_manifests": "scene_index = 0", "asset_appearances": "scene_index = 0",
                     "vidcv_appearances": "scene_index = 0", "vidcv_media": "id < 1000", "vidcv_frames": "id < 1000",
                     "video_clips": "local_path LIKE '%clip-0000%'"}[table]
            for n in range(1, clips):
                values = ", ".join(changes.get(column, column).format(n=n) for column in columns)
                connection.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values} FROM {table} WHERE {first}")


def timed(*command):
    start = time.monotonic()
    subprocess.run([*map(str, command)], check=True, capture_output=True)
    return time.monotonic() - start


def opened(file):
    return min(timed("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,900", f"--screenshot={file}.png", file.as_uri())
               for _ in range(3))


def with_own_pictures(file):
    """The page with a picture of its own for each moment: the clips here are one clip, whose pictures a page holds once."""
    text = file.read_text()
    pictures = {m[1]: (m[0], m[2]) for m in re.finditer(r'<image id="(p\d+)" width="\d+" height="\d+" href="data:image/jpeg;base64,([^"]*)"/>', text)}
    count = itertools.count()

    def own(match):
        element, data = pictures[match[1]]
        changed = base64.b64encode(base64.b64decode(data) + next(count).to_bytes(4, "big")).decode()
        return element.replace(data, changed).replace(f'id="{match[1]}" ', "")

    made = file.with_name("own.html")
    made.write_text(re.sub(r'<use href="#(p\d+)"/>', own, text))
    return made, next(count)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vidcv", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--clip", required=True)
    parser.add_argument("--at", action="append", required=True)
    parser.add_argument("--clips", type=int, default=1000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clips, database = folder / "clips", folder / "film.db"
        clips.mkdir()
        first = clips / f"clip-0000{pathlib.Path(options.clip).suffix}"
        first.write_bytes(pathlib.Path(options.clip).read_bytes())
        for n in range(1, options.clips):
            os.link(first, clips / first.name.replace("0000", f"{n:04d}"))
        for i, at in enumerate(options.at):
            timed(options.vidcv, "sample", "--at", at, "--format", "png", "--out", folder / f"{i}", first)
            timed(options.vidcv, "asset", "add", "--db", database, f"ASSET_{i}", next((folder / f"{i}").rglob("*.png")))
        timed(options.vidcv, "appear", "--model", options.model, "--db", database, first)
        multiply(database, options.clips)
        bare = timed(options.vidcv, "report", "--db", database, "-o", folder / "bare.html", "--no-pictures")
        whole = timed(options.vidcv, "report", "--db", database, "-o", folder / "report.html")
        numbers = ",".join(str(n) for (n,) in sqlite3.connect(database).execute(
            "SELECT DISTINCT frame_number FROM vidcv_appearances WHERE scene_index = 0"))
        decoding = timed(options.vidcv, "sample", "--frames", numbers, clips)
        moments = sqlite3.connect(database).execute("SELECT count(*) FROM asset_appearances").fetchone()[0]
        print(f"{options.clips} clips, {moments} appearances")
        print(f"texts alone        {bare:7.2f} s  {(folder / 'bare.html').stat().st_size / 1e6:6.1f} MB")
        print(f"with pictures      {whole:7.2f} s  {(folder / 'report.html').stat().st_size / 1e6:6.1f} MB")
        print(f"vidcv sample, the same frames {decoding:.2f} s: {whole - decoding:.2f} s beyond decoding")
        empty = folder / "empty.html"
        empty.write_text("<!DOCTYPE html><title>empty</title>")
        own, count = with_own_pictures(folder / "report.html")
        print(f"Chromium opens it in {opened(folder / 'report.html'):.2f} s, with {count} other pictures ({own.stat().st_size / 1e6:.1f} MB) "
              f"in {opened(own):.2f} s, an empty page in {opened(empty):.2f} s")


if __name__ == "__main__":
    main()
