#!/usr/bin/env python3
"""The pictures of `vidcv sample --out`: each row names the very frame, whoever wrote below the folder before or beside it.

usage: sample_pictures.py PROGRAMS FIXTURES
"""
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv  # noqa: E402


def cells(done, *names):
    """Columns of a run's rows."""
    header, *rows = [line.split("\t") for line in done.stdout.rstrip("\n").split("\n")]
    places = [header.index(name) for name in names]
    return [tuple(row[place] for place in places) for row in rows]


class Place:
    """A folder with clips that have one name: d1/a.mp4, d2/a.mp4 and a picture d3/a.png, no two alike."""

    def __init__(self, vidcv, folder, fixtures):
        self.vidcv, self.folder = vidcv, folder
        for name, source in (("d1/a.mp4", "cuts-192f.mp4"), ("d2/a.mp4", "flicker-48f.mp4"), ("d3/a.png", "bars.png")):
            (folder / name).parent.mkdir()
            shutil.copy(fixtures / source, folder / name)
        self.clips = ["d1/a.mp4", "d2/a.mp4", "d3/a.png"]

    def sample(self, *arguments, expect=0):
        budget = [] if "--frames" in arguments else ["--max-frames", "3"]
        return self.vidcv.run("sample", *budget, *arguments, expect=expect, cwd=self.folder)

    def rows(self, *arguments):
        return cells(self.sample(*arguments), "path", "frame_number", "picture")

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def truth(self, clip, number):
        """The frame as a run of its own into a new folder has it, without the note, which is about the file."""
        with tempfile.TemporaryDirectory(dir=self.folder) as alone:
            (_, _, picture), = self.rows("--frames", number, "--out", alone, clip)
            return self.bytes(picture)

    def check(self, rows):
        """Each row names a file of its own that holds its frame."""
        assert rows and len({picture for _, _, picture in rows}) == len(rows), rows
        for clip, number, picture in rows:
            assert self.bytes(picture) == self.truth(clip, number), (clip, number, picture)

    def parts(self):
        return [p for p in self.folder.rglob(".*.part")]


def one_by_one(place):
    """Runs that know nothing of each other, as those of xargs -n1 do: in a row, and at once."""
    rows = [row for clip in place.clips for row in place.rows("--out", "row", clip)]
    place.check(rows)
    for n in range(5):
        runs = [subprocess.Popen([place.vidcv.program, "sample", "--max-frames", "3", "--out", f"once{n}", clip], cwd=place.folder,
                                 stdout=subprocess.PIPE, text=True) for clip in place.clips * 2]
        rows = set()
        for run in runs:
            run.stdout_text = run.communicate()[0]
            assert run.returncode == 0
            rows |= set(cells(type("Done", (), {"stdout": run.stdout_text}), "path", "frame_number", "picture"))
        place.check(sorted(rows))


def any_order(place):
    """The same names in each order, with any number of inputs, in a new folder and in an existing one."""
    for out in ("there", "there", "new"):
        for clips in (place.clips, place.clips[::-1], place.clips[1:], place.clips[:1]):
            rows = place.rows("--out", out, *clips)
            place.check(rows)
            names = {clip: pathlib.Path(picture).parts[1] for clip, _, picture in rows}
            if out == "there" or len(clips) == 3:
                place.names = getattr(place, "names", names)
                assert all(place.names[clip] == name for clip, name in names.items()), (place.names, names)
        shutil.rmtree(place.folder / "new", ignore_errors=True)


def folder_grows(place):
    """A folder of one clip today is one of two tomorrow."""
    (place.folder / "grows").mkdir()
    shutil.copy(place.folder / "d1/a.mp4", place.folder / "grows/a.mp4")
    first = place.rows("--out", "grown", "grows")
    shutil.copy(place.folder / "d2/a.mp4", place.folder / "grows/b.mp4")
    both = place.rows("--out", "grown", "grows")
    place.check(both)
    assert set(first) <= set(both) and first[0][2] == "grown/a/frame_000000.jpg"


def replaced_clip(place):
    """Another content under the name, and other options, are rewritten; the same ones are kept."""
    clip = place.folder / "replaced.mp4"
    shutil.copy(place.folder / "d1/a.mp4", clip)
    place.check(place.rows("--out", "replaced", clip.name))
    times = {p: p.stat().st_mtime_ns for p in (place.folder / "replaced").rglob("*.jpg")}
    again = place.sample("-v", "--out", "replaced", clip.name)
    assert "3 pictures were there already" in again.stderr
    assert times == {p: p.stat().st_mtime_ns for p in times}, "pictures that are right were written again"
    shutil.copy(place.folder / "d2/a.mp4", clip)
    place.check(place.rows("--out", "replaced", clip.name))
    large = place.bytes("replaced/replaced/frame_000000.jpg")
    for option in (("--max-size", "64"), ("--jpeg-quality", "30")):
        place.sample("--out", "replaced", *option, clip.name)
        small = place.bytes("replaced/replaced/frame_000000.jpg")
        assert len(small) < len(large), option
    place.check(place.rows("--out", "replaced", clip.name))


def foreign_files(place):
    """What vidcv did not write, or somebody changed, stays without --force, and the clip fails with one line."""
    clip = "d1/a.mp4"
    place.sample("--out", "mine", clip)
    mine = place.folder / "mine/a/frame_000191.jpg"
    for bytes_ in (b"mine", mine.read_bytes()[:-2] + b"\0" + mine.read_bytes()[-2:], b""):
        shutil.rmtree(mine.parent)
        mine.parent.mkdir()
        mine.write_bytes(bytes_)
        failed = place.sample("--out", "mine", clip, "d3/a.png", expect=3)
        assert failed.stderr == ("vidcv sample: mine/a/frame_000191.jpg: store: is there and was not written by vidcv, or was changed since; "
                                 "--force replaces it\n"), failed.stderr
        assert cells(failed, "path") == [("d3/a.png",)]
        assert mine.read_bytes() == bytes_ and [p.name for p in mine.parent.iterdir()] == [mine.name]
        assert place.sample("--dry-run", "--out", "mine", clip, expect=3).stderr == failed.stderr
    place.check(place.rows("--force", "--out", "mine", clip))


def names_without_clip(place):
    """A template with {clip} has no folders; without it there are some."""
    assert {p for _, _, p in place.rows("--frames", "0", "--out", "flat", "--name", "{clip}_{number}", *place.clips)} >= {"flat/a_0.jpg"}
    place.check(place.rows("--out", "flat", "--name", "{clip}_{number}", *place.clips[::-1]))
    assert place.rows("--frames", "0", "--out", "deep", "--name", "x/{index}", "d1/a.mp4") == [("d1/a.mp4", "0", "deep/a/x/0.jpg")]


def sheets(place):
    """A contact sheet is one of this clip, or the clip fails."""
    for n, clips in enumerate((place.clips, place.clips[::-1])):
        place.sample("--sheet", "{clip}-sheet.png", *clips)
        sheets = {p.name: p.read_bytes() for p in place.folder.glob("a*-sheet.png")}
        assert len(set(sheets.values())) == 3, list(sheets)
        before = sheets if n == 0 else before
        assert sheets == before
    place.sample("--sheet", "one.png", "d1/a.mp4")
    one = place.bytes("one.png")
    assert "one.png: store: is a picture of another clip; --force replaces it" in place.sample("--sheet", "one.png", "d2/a.mp4", expect=3).stderr
    assert place.bytes("one.png") == one
    place.sample("--frames", "0", "--sheet", "one.png", "d1/a.mp4")
    assert place.bytes("one.png") != one


def failing_clip(place):
    """A clip that fails after --force leaves the pictures of an earlier run as they are."""
    clip = place.folder / "damaged.mp4"
    shutil.copy(place.folder / "d1/a.mp4", clip)
    place.sample("--out", "damaged", "--sheet", "damaged.png", clip.name)
    before = {p: p.read_bytes() for p in [*(place.folder / "damaged").rglob("*.jpg"), place.folder / "damaged.png"]}
    assert len(before) == 4
    with open(clip, "r+b") as file:
        file.seek(5000)
        file.write(b"\xaa" * 300)
    place.sample("--force", "--strict", "--out", "damaged", "--sheet", "damaged.png", clip.name, expect=3)
    after = {p: p.read_bytes() for p in [*(place.folder / "damaged").rglob("*.jpg"), place.folder / "damaged.png"]}
    assert after == before
    # A folder in the place of the last picture: the first two stay as they are as well.
    shutil.copy(place.folder / "d2/a.mp4", clip)
    (place.folder / "damaged/damaged/frame_000047.jpg").mkdir()
    failed = place.sample("--force", "--out", "damaged", clip.name, expect=3)
    assert failed.stderr == "vidcv sample: damaged/damaged/frame_000047.jpg: store: is a folder\n", failed.stderr
    assert {p: p.read_bytes() for p in before} == before


def main(programs, fixtures):
    vidcv = Vidcv(programs)
    for test in (one_by_one, any_order, folder_grows, replaced_clip, foreign_files, names_without_clip, sheets, failing_clip):
        with tempfile.TemporaryDirectory() as folder:
            place = Place(vidcv, pathlib.Path(folder), pathlib.Path(fixtures))
            test(place)
            assert not place.parts(), test.__name__
    print("all pictures are what their rows say")


main(*sys.argv[1:3])
