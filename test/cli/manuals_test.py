#!/usr/bin/env python3
"""manuals_test.py BIN FIXTURES: man pages and completions name the options that --help names, are read by groff and the shells without a complaint,
and complete a command line."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"


def output(*command, **options):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, **options)
    assert done.returncode == 0 and not done.stderr, (command, done.stderr)
    return done.stdout


def completed(completion, *words):
    """What bash offers for the last of these words."""
    script = (f'source {completion}; COMP_WORDS=({" ".join(words)}); COMP_CWORD={len(words) - 1}; compopt() {{ :; }}; _vidcv; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    return output("bash", "-c", script).split()


def main(programs, _):
    vidcv = pathlib.Path(programs) / "vidcv"
    with tempfile.TemporaryDirectory() as name:
        out = pathlib.Path(name)
        output(sys.executable, SCRIPTS / "make_manuals.py", programs, out)
        commands = re.findall(r"^  ([a-z][a-z-]*) +\S.*$", output(vidcv, "help").split("\n  help [COMMAND]")[0], re.MULTILINE)
        assert len(commands) > 15 and {p.name for p in (out / "man1").iterdir()} == {"vidcv.1"} | {f"vidcv-{c}.1" for c in commands}
        bash = (out / "completions/vidcv").read_text()
        for command in commands:
            helped = set(re.findall(r"^  (?:-\w,)?(--[a-z0-9-]+)", output(vidcv, command, "--help"), re.MULTILINE))
            page = (out / f"man1/vidcv-{command}.1").read_text().replace("\\-", "-")
            offered = set(re.search(rf'^    {command}\) words="([^"]*)"', bash, re.MULTILINE)[1].split())
            assert len(helped) > 5 and helped <= offered, (command, helped - offered)
            assert not [o for o in helped if f"\\fB{o}\\fR" not in page], command
        for page in (out / "man1").iterdir():
            if shutil.which("groff"):
                output("groff", "-man", "-Tutf8", "-ww", "-z", page)
        assert completed(out / "completions/vidcv", "vidcv", "sea") == ["search"]
        assert "--min-score" in completed(out / "completions/vidcv", "vidcv", "search", "--min")
        assert completed(out / "completions/vidcv", "vidcv", "export", "--format", "o") == ["otio"]
        assert set(completed(out / "completions/vidcv", "vidcv", "asset", "a")) == {"add"}
        for shell, file in (("zsh", "_vidcv"), ("fish", "vidcv.fish")):
            if shutil.which(shell):
                output(shell, "-n", out / "completions" / file)
        print(f"{len(commands)} commands: pages and completions have the options of --help")


main(*sys.argv[1:3])
