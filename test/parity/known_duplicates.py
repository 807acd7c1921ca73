#!/usr/bin/env python3
"""vidcv duplicates over clips that were made from one another: which, how, and where, with and without --verify. And what scripts rely on: exit codes,
NUL lists, filters, clips that are gone, a database that stays as it is."""
import hashlib
import pathlib
import subprocess
import sys
import tempfile

from support import Vidcv, require, tiny_model

X264 = ["-an", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p"]
# A street of noise with a light that wanders by its own way in each scene, and pictures that are quite other.
LIGHT = "nullsrc=192x108:r=25:d={seconds},geq=lum='110+40*sin(X/{a}+Y/9)+30*sin(Y/7-X*X/{b})+90*exp(-((X-96-80*{x})^2+(Y-60-20*{y})^2)/200)':cb={c}:cr=128"
SCENES = {
    "street": LIGHT.format(seconds=8, a=20, b=900, c=128, x="sin(1.3*T)", y="cos(1.3*T)"),
    "street-later": LIGHT.format(seconds=8, a=20, b=900, c=128, x="(T-4)/4", y="sin(5*T)"),  # another take
    "wall": LIGHT.format(seconds=8, a=8, b=300, c=90, x="sin(0.7*T)", y="cos(0.7*T)"),
    "fractal": "mandelbrot=s=192x108:r=25:start_scale=1:end_scale=0.05:end_pts=250,trim=duration=8",
    "card": "testsrc2=s=192x108:r=25:d=8",
}


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True, timeout=120)


def make(folder):
    for name, source in SCENES.items():
        ffmpeg("-f", "lavfi", "-i", source, *X264, "-crf", 14, folder / f"{name}.mp4")
    street = folder / "street.mp4"
    derived = {"small": ["-vf", "scale=96:54", "-crf", 30], "bars": ["-vf", "pad=192:144:0:18", "-crf", 20],
               "crop": ["-vf", "crop=172:96:12:4,scale=192:108", "-crf", 20], "mirror": ["-vf", "hflip", "-crf", 20],
               "slow": ["-vf", "setpts=1.25*PTS", "-crf", 20]}
    for name, options in derived.items():
        ffmpeg("-i", street, *options[:2], *X264, *options[2:], folder / f"street.{name}.mp4")
    ffmpeg("-ss", 3, "-i", street, "-t", 4, *X264, folder / "street.part.mp4")
    ffmpeg("-i", folder / "card.mp4", "-i", folder / "fractal.mp4", "-filter_complex", "[0]trim=0:4[a];[1]trim=3:7,setpts=PTS-STARTPTS[b];[a][b]concat",
           *X264, folder / "joined.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=black:s=192x108:r=25:d=5", *X264, folder / "black.mp4")
    ffmpeg("-f", "lavfi", "-i", "color=black:s=192x108:r=25:d=5", *X264, folder / "black too.mp4")


def near(value, expected, tolerance):
    return abs(value - expected) <= tolerance


def verified(vidcv, database):
    found = vidcv.objects("duplicates", "--db", database, "--verify")
    names = {o["kind"] + " " + pathlib.Path(o["path"]).name + " " + pathlib.Path(o["of"]["path"]).name: o for o in found}
    # The longest is what the others are copies of: the slow one.
    copies = ("street.mp4", "street.small.mp4", "street.bars.mp4", "street.crop.mp4", "street.mirror.mp4")
    assert names.keys() == {f"same {name} street.slow.mp4" for name in copies} | {
        "part street.part.mp4 street.slow.mp4", "shared joined.mp4 fractal.mp4", "shared joined.mp4 card.mp4"}, names.keys()
    for o in found:
        assert o["pixels"]["mirrored"] == o["path"].endswith("mirror.mp4")
        assert o["pixels"]["picture"] > 0.8 and o["pixels"]["motion"] > 0.6, o
    same = names["same street.mp4 street.slow.mp4"]
    assert near(same["speed"], 1.25, 0.02) and near(same["from_sec"], 0, 0.2) and near(same["to_sec"], 8, 0.2) and near(same["of"]["to_sec"], 10, 0.3), same
    part = names["part street.part.mp4 street.slow.mp4"]
    assert near(part["of"]["from_sec"], 3.75, 0.3) and near(part["of"]["to_sec"], 8.75, 0.3) and near(part["to_sec"], 4, 0.2), part
    shared = names["shared joined.mp4 fractal.mp4"]
    assert near(shared["from_sec"], 4, 0.3) and near(shared["of"]["from_sec"], 3, 0.3) and near(shared["of"]["to_sec"], 7, 0.3), shared


def habits(vidcv, database, folder):
    before = hashlib.sha256(database.read_bytes()).digest()
    by_vectors = vidcv.objects("duplicates", "--db", database, "--min-score", 0.5)
    assert any("street-later" in o["path"] + o["of"]["path"] for o in by_vectors), "without pixels another take of a scene is like it"
    assert all(o["pixels"] is None for o in by_vectors)
    copies = vidcv.run("duplicates", "--db", database, "--verify", "--only", "same", "-0").stdout.split("\0")
    assert copies[-1] == "" and len(copies) == 6 and all(pathlib.Path(path).exists() for path in copies[:-1]), copies
    rows = vidcv.run("duplicates", "--db", database, "--verify", "--only", "same", "--in", "*mirror*", "--in", "*slow*").stdout.splitlines()
    assert len(rows) == 2 and rows[1].startswith("same mirrored\t"), rows
    none = vidcv.run("duplicates", "--db", database, "--in", "*black*", expect=3)
    assert "nothing is found" in none.stderr and none.stdout.count("\n") == 1
    for refused in (["--min-score", 0], ["--min-score", "x"], ["--min-shared", "x"], ["--only", "alike"], ["-0", "--json"], ["--of", "nobody"]):
        assert vidcv.run("duplicates", "--db", database, *refused, expect=None).returncode in (1, 2), refused
    (folder / "street.small.mp4").rename(folder / "away")
    gone = vidcv.run("duplicates", "--db", database, "--verify", expect=3)
    assert gone.stderr.count("street.small.mp4") == 1 and "street.bars.mp4" in gone.stdout, gone.stderr
    (folder / "away").rename(folder / "street.small.mp4")
    assert hashlib.sha256(database.read_bytes()).digest() == before, "duplicates changed the database"


def main(programs, *_):
    require("torch", "numpy")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        clips, database = folder / "clips", folder / "clips.db"
        clips.mkdir()
        make(clips)
        vidcv.run("embed", "--model", tiny_model(folder), "--db", database, "--every", 0.5, clips)
        verified(vidcv, database)
        habits(vidcv, database, clips)
        empty = folder / "empty.db"
        vidcv.run("migrate", empty)
        assert "vectors" in vidcv.run("duplicates", "--db", empty, expect=None).stderr
    print("copies, parts and shared passages are found where they are, and nothing else")


if __name__ == "__main__":
    main(*sys.argv[1:])
