#!/usr/bin/env python3
"""run_case.py CASE BIN FIXTURES: runs CASE/cmd in a folder that holds the fixtures and compares stdout, stderr and exit exactly.

A missing stdout or stderr file means empty, a missing exit file means 0. A file `needs` names what the build must have: `torch`.
With VIDCV_UPDATE_GOLDENS=1 the files are written instead."""
import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def expected(case, name, default=""):
    file = case / name
    return file.read_text() if file.exists() else default


def run(case, programs, fixtures):
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder) / "run"
        shutil.copytree(fixtures, work, symlinks=True)
        environment = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": folder, "LC_ALL": "C.UTF-8"}
        environment.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        done = subprocess.run(["bash", "-o", "pipefail", case / "cmd"], cwd=work, env=environment, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=120)
        return {"stdout": done.stdout.decode(errors="backslashreplace").replace(folder, "TMP"),
                "stderr": done.stderr.decode(errors="backslashreplace").replace(folder, "TMP"), "exit": f"{done.returncode}\n"}


def main(case, programs, fixtures):
    case, programs = pathlib.Path(case).resolve(), pathlib.Path(programs).resolve()
    if "torch" in expected(case, "needs") and not (programs / "../lib/vidcv/vidcv-torch.so").exists():
        print("this build has no LibTorch")
        return SKIPPED
    got = run(case, programs, fixtures)
    if os.environ.get("VIDCV_UPDATE_GOLDENS"):
        for name, text in got.items():
            (case / name).write_text(text) if text not in ("", "0\n") else (case / name).unlink(missing_ok=True)
        return 0
    wrong = False
    for name, text in got.items():
        want = expected(case, name, "0\n" if name == "exit" else "")
        if text != want:
            wrong = True
            sys.stdout.writelines(difflib.unified_diff(want.splitlines(True), text.splitlines(True), f"expected {name}", f"got {name}"))
    return 1 if wrong else 0


sys.exit(main(*sys.argv[1:4]))
