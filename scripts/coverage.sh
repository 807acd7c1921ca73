#!/usr/bin/env bash
# Which lines the tests execute: builds with gcov's counters (no LibTorch) into build/coverage, runs every test there, and
# prints the share of lines and branches by folder. build/coverage/report.html has the lines.
#
# usage: scripts/coverage.sh
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
[ $# = 0 ] || usage

scripts/setup.sh --tests --without-torch
[ -x "$venv/bin/gcovr" ] || quietly "pip install gcovr" "$venv/bin/pip" install -q gcovr==8.3
build coverage
find build/coverage -name '*.gcda' -delete
say "tests of build/coverage"
ctest --preset coverage --output-log build/coverage-tests.log | tail -n 4 || fail "tests failed (all of it: build/coverage-tests.log)"
say "counting"
"$venv/bin/gcovr" --root . --filter lib/ --filter apps/ --exclude 'lib/clip/torch/' --object-directory build/coverage \
  --gcov-ignore-errors no_working_dir_found --exclude-throw-branches --html-details build/coverage/report.html --json-summary build/coverage/summary.json -j "$(nproc)" >/dev/null
"$venv/bin/python" - build/coverage/summary.json <<'PYTHON'
import collections, json, pathlib, sys
counts = collections.Counter()
for file in json.load(open(sys.argv[1]))["files"]:
    folder = "/".join(pathlib.PurePath(file["filename"]).parts[:2])
    for place in (folder, "all"):
        for what in ("line_total", "line_covered", "branch_total", "branch_covered"):
            counts[place, what] += file[what]
print(f"{'folder':<16} {'lines':>7} {'of them':>8} {'branches':>9}")
for place in sorted({place for place, _ in counts}, key=lambda place: (place == "all", place)):
    print(f"{place:<16} {counts[place, 'line_total']:>7} {100 * counts[place, 'line_covered'] / max(1, counts[place, 'line_total']):>7.1f}% "
          f"{100 * counts[place, 'branch_covered'] / max(1, counts[place, 'branch_total']):>8.1f}%")
PYTHON
