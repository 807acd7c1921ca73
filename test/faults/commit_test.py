#!/usr/bin/env python3
"""cmake/commit.cmake names the commit of a checkout, a new one without configuring again, and none of a tarball, wherever it lies.

usage: commit_test.py PROGRAMS FIXTURES
"""
import pathlib
import re
import subprocess
import sys
import tempfile

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "cmake/commit.cmake"


def commit_of(source, output):
    subprocess.run(["cmake", f"-DSOURCE={source}", f"-DOUTPUT={output}", "-P", SCRIPT], check=True, capture_output=True)
    return re.search(r'return "(.*)";', output.read_text())[1]


def git(folder, *arguments):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org"]
    return subprocess.run(["git", *identity, "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        checkout, output = folder / "a checkout", folder / "commit.cpp"
        checkout.mkdir()
        assert commit_of(checkout, output) == "unknown"
        git(checkout, "init", "-q")
        (checkout / "file").write_text("1")
        git(checkout, "add", "file")
        for text in ("2", "3"):
            (checkout / "file").write_text(text)
            git(checkout, "commit", "-q", "-a", "-m", text)
            assert commit_of(checkout, output) == git(checkout, "rev-parse", "--short", "HEAD")
        before = output.stat().st_mtime_ns
        commit_of(checkout, output)
        assert output.stat().st_mtime_ns == before, "what has not changed is written again, and everything is linked again"
        (checkout / "file").write_text("4")
        assert commit_of(checkout, output).endswith("-dirty")
        tarball = checkout / "vidcv-0.1.0"
        tarball.mkdir()
        assert commit_of(tarball, output) == "unknown", "another project's commit"
    print("the commit is named")


main()
