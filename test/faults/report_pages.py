#!/usr/bin/env python3
"""report_pages.py BIN FIXTURES: `vidcv report` as its readers get it. What the page says is what the database says; names are text, whatever they
are; pictures are small, each once, and never more than the size that was asked for; a clip that is gone, an empty database, one that cannot be
written and one with thousands of appearances have their pages. With Chromium and axe-core: no request, no violation of the page's own policy, no
serious fault for those who cannot see or point."""
import base64
import html
import html.parser
import io
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import Vidcv, require, tiny_model

HOSTILE = ['"><img src=x onerror=alert(1)>.mp4', "new\nline مرحبا 🚲.mp4", "javascript:alert(1).mp4", "50%41 & more.mp4"]
VOID = {"meta", "input", "br", "image", "rect", "path", "use", "link"}


class Page(html.parser.HTMLParser):
    """The elements of a page; every one is closed, and none has a handler or a style of its own."""

    def __init__(self, file):
        super().__init__()
        self.text, self.links, self.ids, self.sources, self.open, self.shown = file.read_text(), [], [], [], [], []
        self.feed(self.text)
        assert not self.open, self.open
        assert len(self.ids) == len(set(self.ids)), "two elements of one id"
        for link in self.links:
            assert not link.startswith("#") or link[1:] in self.ids, link

    def handle_starttag(self, tag, attributes):
        for name, value in attributes:
            assert not name.startswith("on") and name != "style", (tag, name, value)
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src"):
                (self.sources if value.startswith("data:") else self.links).append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag, tag

    def handle_data(self, data):
        if self.open and self.open[-1] not in ("style", "script"):
            self.shown.append(data)


def page_of(vidcv, database, file, *options, expect=0):
    found = vidcv.objects("report", "--db", database, "-o", file, *options, expect=expect)
    return Page(file), found[-1]


def check_content(vidcv, database, folder):
    from PIL import Image
    page, said = page_of(vidcv, database, folder / "report.html")
    shown = " ".join(page.shown)
    for row in vidcv.objects("appear", "--list", "--db", database):
        assert row["tag"] in shown
    intervals = {(i["tag"], i["from_sec"], i["to_sec"]) for scene in said_scenes(database) for i in scene["intervals"]}
    links = {tuple(map(float, l.split("#t=")[1].split(","))) for l in page.links if "#t=" in l}
    for _, start, end in intervals:
        assert (round(start, 3), round(end, 3)) in links or (round(start, 3),) in links, (start, end, links)
    assert said["moments"] == len(intervals), (said, intervals)
    for source in page.sources:
        assert source.startswith("data:image/jpeg;base64,")
        picture = Image.open(io.BytesIO(base64.b64decode(source.split(",", 1)[1])))
        assert picture.format == "JPEG" and max(picture.size) <= 240
    assert len(set(page.sources)) == len(page.sources) == said["pictures"] > 3
    for link in page.links:
        assert link.startswith(("#", "./", "../")), link
    assert said["bytes"] == (folder / "report.html").stat().st_size
    first = (folder / "report.html").read_bytes()
    page_of(vidcv, database, folder / "report.html")
    assert (folder / "report.html").read_bytes() == first, "the same database gives another page"
    print(f"{said['moments']} moments as appear has them, {said['pictures']} pictures, each once; the same bytes twice")


def said_scenes(database):
    with sqlite3.connect(database) as connection:
        return [json.loads(text) for (text,) in connection.execute("SELECT cv_analysis_json FROM scene_manifests WHERE cv_analysis_json IS NOT NULL")]


def check_names(vidcv, database, folder):
    page, _ = page_of(vidcv, database, folder / "report.html")
    shown = " ".join(page.shown)
    for name in HOSTILE:
        assert name.replace("\n", "\\n") in shown, name
    from urllib.parse import unquote
    linked = {unquote(l.split("#t=")[0]) for l in page.links}
    for name in HOSTILE:
        assert f"./clips/{name}" in linked, name


def check_size(vidcv, database, folder):
    whole, said = page_of(vidcv, database, folder / "report.html")
    bare, without = page_of(vidcv, database, folder / "bare.html", "--no-pictures")
    assert without["pictures"] == 0 and not bare.sources
    most = (without["bytes"] + said["bytes"]) // 2
    small, some = page_of(vidcv, database, folder / "small.html", "--max-size", f"{most / 1000:.3f}kB")
    assert some["bytes"] <= most and 0 < some["pictures"] < said["pictures"], (some, most)
    assert "left out" in " ".join(small.shown)
    first, split = page_of(vidcv, database, folder / "split.html", "--max-size", f"{without['bytes'] - 2000}B")
    assert split["pages"] > 1 and all((folder / l).is_file() for l in first.links if not l.startswith("#")), split
    for file in (folder / "split_files").iterdir():
        Page(file)
        assert file.stat().st_size <= without["bytes"] - 2000
    assert len(list((folder / "split_files").iterdir())) == split["pages"] - 1
    for most in range(without["bytes"] + 300, said["bytes"], 1777):  # with tiles that say why, links and names around pictures
        _, some = page_of(vidcv, database, folder / "small.html", "--max-size", f"{most}B")
        assert some["bytes"] <= most and some["pages"] == 1, (some, most)
    tiny = vidcv.run("report", "--db", database, "-o", folder / "tiny.html", "--max-size", "1kB")
    assert "its text alone has" in tiny.stderr, tiny.stderr
    foreign = folder / "split_files" / "asset-0001.html"
    foreign.write_text("mine")
    assert "not a report" in vidcv.run("report", "--db", database, "-o", folder / "split.html", "--split", expect=1).stderr
    assert foreign.read_text() == "mine"
    foreign.unlink()
    few = folder / "few.db"
    shutil.copy(database, few)
    with sqlite3.connect(few) as connection:
        connection.execute("DELETE FROM asset_appearances WHERE scene_index = 0")
    page_of(vidcv, few, folder / "split.html", "--split", "--tag", "STRIPES")
    names = sorted(f.name for f in (folder / "split_files").iterdir())
    assert names == ["asset-0001.html", "clips-0001.html"], f"{names}: a page of the report before stays"
    clips = {c for c in HOSTILE if c.replace("\n", "\\n") in " ".join(Page(folder / "split_files/clips-0001.html").shown)}
    seen = {c for c in HOSTILE if c.replace("\n", "\\n") in " ".join(Page(folder / "split_files/asset-0001.html").shown)}
    assert clips | seen == set(HOSTILE) and clips and not clips & seen, (clips, seen)
    page_of(vidcv, database, folder / "split.html")
    assert not list((folder / "split_files").iterdir()), "pages of a report that has one page now"
    print(f"{said['bytes']} bytes, {some['bytes']} of at most {most} with {some['pictures']} pictures, {split['pages']} pages below that")


def check_faults(vidcv, database, folder):
    foreign = folder / "notes.html"
    foreign.write_text("mine")
    assert "is not a report" in vidcv.run("report", "--db", database, "-o", foreign, expect=2).stderr
    assert foreign.read_text() == "mine"
    vidcv.run("report", "--db", database, "-o", foreign, "--force")
    vidcv.run("report", "--db", database, "-o", foreign)
    assert "--max-size" in vidcv.run("report", "--db", database, "-o", foreign, "--max-size", "big", expect=2).stderr
    assert "folder does not exist" in vidcv.run("report", "--db", database, "-o", folder / "no" / "folder.html", expect=2).stderr
    assert "no asset has this tag" in vidcv.run("report", "--db", database, "-o", foreign, "--tag", "NONE", expect=1).stderr
    vidcv.run("report", "--db", database, "-o", "-", expect=2, cwd=folder)
    vidcv.run("report", "--db", database, "-o", foreign, "--project", "0" * 32, expect=1)
    copy = folder / "moved.db"
    shutil.copy(database, copy)
    shutil.move(folder / "clips", folder / "elsewhere")
    page, said = page_of(vidcv, copy, folder / "gone.html")
    assert "the clip is missing" in " ".join(page.shown) and said["pictures"] == 2, said
    shutil.move(folder / "elsewhere", folder / "clips")
    clip = folder / "clips" / HOSTILE[0]
    data = clip.read_bytes()
    clip.write_bytes(data + b"x")
    page, _ = page_of(vidcv, copy, folder / "gone.html")
    assert "the clip has changed since" in " ".join(page.shown)
    clip.write_bytes(data)
    empty = folder / "empty.db"
    vidcv.run("migrate", empty)
    page, said = page_of(vidcv, empty, folder / "empty.html")
    assert said["clips"] == said["moments"] == 0


def check_beside_writer(vidcv, database, folder):
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    page_of(vidcv, database, folder / "report.html")
    writer.execute("ROLLBACK")
    writer.close()


def check_many(vidcv, database, folder):
    """Many appearances of one asset: pages of one asset each, and none that a browser cannot open."""
    many = folder / "many.db"
    with sqlite3.connect(database) as source, sqlite3.connect(many) as target:
        source.backup(target)
    with sqlite3.connect(many) as connection:
        row = connection.execute("SELECT asset_id, project_id, scene_index FROM asset_appearances LIMIT 1").fetchone()
        connection.executemany(
            "INSERT INTO asset_appearances (id, asset_id, project_id, scene_index, frame_index, timestamp_sec, confidence, source, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, 0.9, 'service', datetime('now'))",
            [(f"{i:032x}", row[0], row[1], 1000 + i // 20, i, 100.0 * (i % 20)) for i in range(100_000)])
    page, said = page_of(vidcv, many, folder / "many.html", "--no-pictures")
    assert said["moments"] > 5000 and said["pages"] > 1, said
    sizes = [f.stat().st_size for f in (folder / "many_files").iterdir()]
    assert max(sizes) < 50_000_000
    print(f"100 000 appearances, {said['moments']} moments, in {said['pages']} pages, the largest of {max(sizes)} bytes")


def chromium(*arguments):
    done = subprocess.run(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", *map(str, arguments)], capture_output=True,
                          text=True, timeout=120)
    return done.stdout, done.stderr


def check_browser(folder):
    """What a browser does with the page: it asks for nothing, its policy stops nothing, its script runs, and axe-core finds no serious fault."""
    file, log = folder / "report.html", folder / "net.json"
    dom, errors = chromium("--disable-background-networking", "--disable-component-update", f"--log-net-log={log}", "--enable-logging=stderr",
                           "--dump-dom", file.as_uri())
    assert '<span id="tools">' in dom, "the page's script did not run"
    assert "Refused to" not in errors and "violates the following" not in errors, errors
    own = re.compile(r"https?://[a-z0-9.-]+\.(google|googleapis|gvt1)\.com/")  # the browser's own, of no page
    asked = [u for u in re.findall(r'"url":"(https?:[^"]*)"', log.read_text()) if not own.match(u)]
    assert not asked, asked
    try:
        import axe_playwright_python
    except ImportError:
        return print("no axe-core: faults of access were not looked for")
    axe = (pathlib.Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text().replace("</script>", "<\\/script>")
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", file.read_text())
    run = ('axe.run().then(r => { document.title = "axe"; const p = document.createElement("pre"); p.id = "axe"; '
           "p.textContent = JSON.stringify(r.violations.map(v => [v.impact, v.id])); document.body.replaceChildren(p); });")
    tested = folder / "axe.html"
    tested.write_text(text.replace("</body>", f"<script>{axe}</script><script>{run}</script></body>"))
    dom, _ = chromium("--virtual-time-budget=60000", "--dump-dom", tested.as_uri())
    faults = json.loads(html.unescape(re.search(r'<pre id="axe">(.*?)</pre>', dom)[1]))
    assert not [f for f in faults if f[0] in ("serious", "critical")], faults
    script = ('const f = document.getElementById("filter"); f.value = "no such word"; f.dispatchEvent(new Event("input")); '
              'const left = [...document.querySelectorAll("article")].filter(a => getComputedStyle(a).display !== "none"); '
              'document.title = "left " + left.length + " of " + document.querySelectorAll("article").length;')
    tested.write_text(text.replace("</body>", f"<script>{script}</script></body>"))
    dom, _ = chromium("--dump-dom", tested.as_uri())
    assert "<title>left 0 of 6</title>" in dom, re.search("<title>.*</title>", dom)[0]
    print(f"no request, no violation, axe-core: {faults or 'nothing'}")


def main(programs, fixtures):
    require("torch", "PIL")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        clips = folder / "clips"
        clips.mkdir()
        sources = [pathlib.Path(fixtures) / name for name in ("cuts-192f.mp4", "flicker-48f.mp4", "rotated-90.mp4", "clocks/last-stays-29s.mp4")]
        for source, clip in zip(sources, HOSTILE):
            shutil.copy(source, clips / clip)
        (clips / "broken.mp4").write_bytes(b"no clip")
        database, model = folder / "film.db", tiny_model(folder)
        for tag, clip in (("BARS", HOSTILE[0]), ("STRIPES", HOSTILE[3])):
            vidcv.run("sample", "--at", "0", "--format", "png", "--name", tag, "--out", folder / tag, clips / clip)
            picture = next((folder / tag).rglob("*.png"))
            vidcv.run("asset", "add", "--db", database, tag, picture)
        vidcv.run("appear", "--db", database, "--model", model, "--threshold", "0.5", "--distinctness", "-1", clips, expect=3)
        check_content(vidcv, database, folder)
        check_names(vidcv, database, folder)
        check_size(vidcv, database, folder)
        check_beside_writer(vidcv, database, folder)
        check_faults(vidcv, database, folder)
        check_many(vidcv, database, folder)
        if shutil.which("chromium"):
            check_browser(folder)
        else:
            print("no chromium: the page was not opened in a browser")


if __name__ == "__main__":
    main(*sys.argv[1:3])
