#!/usr/bin/env python3
"""check_words.py ROOT: finds none of the phrases that docs/style.md lists under "Words to avoid" in code, help and pages."""
import pathlib
import re
import sys

PLACES = ("lib/**/*.[ch]pp", "apps/**/*.[ch]pp", "docs/**/*.md", "config/*.toml", "schema/*.sql", "schema/*.json", "scripts/**/*",
          "test/**/*.[ch]pp", "test/**/*.py", "test/**/*.args", "**/CMakeLists.txt", "cmake/*", "*.md")


def phrases(page):
    table = re.search(r"<!-- words-to-avoid -->(.*?)<!-- end -->", page.read_text(), re.S)
    rows = [line.split("|")[1] for line in table[1].splitlines() if line.startswith("| `")]
    return [phrase.lower() for row in rows for phrase in re.findall(r"`([^`]+)`", row)]


def main(root):
    root = pathlib.Path(root)
    page = root / "docs/style.md"
    listed = phrases(page)
    pattern = re.compile(r"(?<![\w-])(" + "|".join(re.escape(phrase).replace("\\ ", r"\s") for phrase in listed) + r")(?![\w-])", re.I)
    files = sorted({file for place in PLACES for file in root.glob(place) if file.is_file() and file.suffix != ".pyc" and file not in (page, pathlib.Path(__file__).resolve())})
    found = 0
    for file in files:
        text = re.sub(r"(?<=\w)\n\s*(?:///?|#|--)? *", "\n", file.read_text())  # a phrase may go on in the next line
        for match in pattern.finditer(text):
            found += 1
            print(f"{file.relative_to(root)}:{text.count(chr(10), 0, match.start()) + 1}: {' '.join(match[1].split())}")
    print(f"{len(files)} files, {len(listed)} phrases, {found} found")
    return 1 if found or len(listed) < 5 or len(files) < 100 else 0


sys.exit(main(sys.argv[1]))
