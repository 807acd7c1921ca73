#!/usr/bin/env python3
"""schema_examples.py BIN FIXTURES: the questions of docs/schema.md, each run as it stands there on a database that vidcv made, whose
cv_analysis_json is what schema/cv_analysis.schema.json says."""
import json
import pathlib
import re
import sqlite3
import sys
import tempfile

from support import Vidcv, require, tiny_model

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PAGE, SCHEMA = ROOT / "docs/schema.md", ROOT / "schema/cv_analysis.schema.json"
EMPTY = {3, 6}  # whose answer is that nothing is amiss


def questions():
    text = "".join(re.findall(r"^```sql\n(.*?)^```", PAGE.read_text(), re.M | re.S))
    return [(int(number), sql) for number, sql in re.findall(r"^-- (\d+)\. [^\n]*\n(.*?;)\s*$", text, re.M | re.S)]


def timeline():
    return re.search(r"^CREATE TEMP VIEW vidcv_timeline AS.*?;$", PAGE.read_text(), re.M | re.S)[0]


def main(programs, fixtures):
    require("torch", "jsonschema")
    import jsonschema
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        database, model = folder / "film.db", tiny_model(folder)
        for tag, picture in (("HERO", "bars.png"), ("STRIPES", "stripes.png")):
            vidcv.run("asset", "add", "--db", database, tag, fixtures / picture)
        vidcv.run("appear", "--db", database, "--model", model, "--threshold", "-1", "--regions", fixtures / "cuts-192f.mp4",
                  fixtures / "bars.png", fixtures / "text.mp4", expect=3)
        asked = questions()
        assert [number for number, _ in asked] == list(range(1, 11)), asked
        with sqlite3.connect(database) as connection:
            analyses = [json.loads(row[0]) for row in connection.execute("SELECT cv_analysis_json FROM scene_manifests")]
            for analysis in analyses:
                jsonschema.validate(analysis, json.loads(SCHEMA.read_text()), jsonschema.Draft202012Validator)
            assert len(analyses) == 2 and any(match["bbox"] for match in analyses[0]["matches"])
            connection.execute("UPDATE vidcv_appearances SET margin = 0.01 WHERE rowid = 1")
            connection.execute(timeline())
            for number, sql in asked:
                rows = connection.execute(sql).fetchall()
                assert bool(rows) != (number in EMPTY), f"question {number}: {rows}"
    print("ten questions are answered, and the analyses are what their schema says")


main(*sys.argv[1:])
