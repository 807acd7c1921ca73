"""What the Python tests share: running vidcv, and saying what this Python or build lacks."""
import base64
import importlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

SKIPPED = 77
HERE = pathlib.Path(__file__).resolve().parent
SCRIPTS = HERE.parent.parent / "scripts"


def require(*modules):
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"this Python has no {module}: scripts/setup.sh --tests")
            sys.exit(SKIPPED)


class Vidcv:
    """The programs of a build."""

    def __init__(self, programs):
        self.program = str(pathlib.Path(programs).resolve() / "vidcv")
        self.has_torch = (pathlib.Path(programs).resolve() / "../lib/vidcv/vidcv-torch.so").exists()

    def run(self, *arguments, expect=0, **options):
        environment = {k: v for k, v in os.environ.items() if not k.startswith("VIDCV_")}
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, env=environment, **options)
        assert expect is None or done.returncode == expect, f"{arguments}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}"
        return done

    def objects(self, *arguments, expect=0, **options):
        """The JSON objects of a run but its summary."""
        lines = self.run(arguments[0], "--json", *arguments[1:], expect=expect, **options).stdout.rstrip("\n").split("\n")  # and at no other sign
        objects = [json.loads(line) for line in lines]
        assert objects[-1]["type"] == "summary"
        return objects[:-1]


def until(true, what, seconds=120):
    """Waits for `true()`, which comes however busy the machine is; what it returns."""
    end = time.monotonic() + seconds
    while not (result := true()):
        assert time.monotonic() < end, f"after {seconds} s not yet: {what}"
        time.sleep(0.005)
    return result


def processor_s(pid):
    """Seconds of processor time of another process so far. How far a process has come shows here, not on the clock of a busy machine."""
    return time.clock_gettime((~pid << 3) | 2)  # clock_getcpuclockid(3)


def processor_s_of_run(run):
    """Seconds of processor time of a process that was just started, without its children's, when it has ended well."""
    spent = 0.0
    while run.poll() is None:
        spent = processor_s(run.pid)
        time.sleep(0.005)
    return spent


def kill_at(run, spent_s):
    """kill -9 once a process has taken so much processor time; whether it was still running."""
    while run.poll() is None and processor_s(run.pid) < spent_s:
        time.sleep(0.005)
    in_time = run.poll() is None
    run.send_signal(signal.SIGKILL)
    run.wait()
    return in_time


def reference(*arguments):
    """The JSON objects that a reference program prints."""
    done = subprocess.run([sys.executable, *map(str, arguments)], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def vectors_of(objects):
    """The vectors of `embedding` objects, one below the other."""
    import numpy as np
    return np.stack([np.frombuffer(base64.b64decode(o["embedding"]), "<f4").astype(float) for o in objects])


def tiny_model(folder, name="model.pt", dim=12, architecture="quarters"):
    """A vidcv model that gives the mean colours of the quarters of a picture, again and again to `dim` numbers: small, quick, and no two pictures
    alike."""
    import torch

    class Quarters(torch.nn.Module):
        def forward(self, x):
            quarters = torch.nn.functional.adaptive_avg_pool2d(x, 2).flatten(1) + 0.01
            return quarters.repeat(1, dim // 12 + 1)[:, :dim]

    traced, plain = folder / "traced.ts", folder / "describe.json"
    torch.jit.trace(Quarters(), torch.rand(2, 3, 32, 32)).save(str(traced))
    plain.write_text(json.dumps({"name": "quarters", "architecture": architecture, "dim": dim, "input_size": 32, "resize_short": 32,
                                 "interpolation": "bicubic", "scale": 1 / 255, "mean": [0, 0, 0], "deviation": [1, 1, 1],
                                 "match_threshold": 0.99, "source": "test"}))
    model = folder / name
    done = subprocess.run([sys.executable, SCRIPTS / "export_model.py", "traced", traced, "--describe", plain, "-o", model],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return model
