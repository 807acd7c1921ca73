#!/usr/bin/env python3
"""Pictures per second of the encoder alone, CLIP with random weights: vidcv, OpenVINO, ONNX Runtime, transformers, each warmed up and in turns.

usage: bench_encoder.py PROGRAM FOLDER [--kind b32|b16|l14] [--threads 2] [--rounds 5] [--precisions fp32,bf16] [--batches 1,2,8,32]
                        [--contenders vidcv,openvino,onnxruntime,transformers] [--before PROGRAM] [--device cpu|cuda:N]

PROGRAM is bench_encoder of a build (`cmake --build --preset release --target bench_encoder`), --before that of another version, for one more column. Each
contender is a process of its own that is asked for one measurement of PICTURES pictures after the other, in turns, so that all are warm and meet the same
machine; the table has the best and, in brackets, the median of ROUNDS. "peak" is what multiply-adds between registers reach in the same turns, and the
share of it that each contender uses, by the products of the whole network (what a contender leaves out counts as done).
On CUDA the peak is that of a product of 8192 x 8192, and "copy" is how many pictures a second reach the device from pinned memory.
Models are made in FOLDER, once. Needs torch, transformers, onnx, onnxscript, onnxruntime and openvino in the Python that runs this.
"""
import argparse
import contextlib
import io
import itertools
import os
import pathlib
import statistics
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
PICTURES = {"b32": 192, "b16": 48, "l14": 16}
SHAPES = {"b32": (768, 12, 50, 32), "b16": (768, 12, 197, 16), "l14": (1024, 24, 257, 14)}  # width, layers, tokens, patch


def gflop(kind):
    """Of the products of one picture, two a multiply-add."""
    width, layers, tokens, patch = SHAPES[kind]
    layer = 12 * width * width * tokens + 2 * tokens * tokens * width
    return 2 * (layers * layer + (tokens - 1) * 3 * patch * patch * width) / 1e9


def prepare(options):
    """A CLIP folder, its vidcv model and, if it is asked for, an ONNX file of its vision tower."""
    import torch
    from transformers import CLIPVisionModelWithProjection
    program, folder, kind = options.program, options.folder, options.kind
    sys.path.insert(0, str(HERE.parent / "test/parity"))
    import reference
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "clip" / "config.json").exists():
        reference.make_model(str(folder / "clip"), kind)
    if not (folder / "clip.pt").exists():
        subprocess.run([program.parent / "vidcv", "model", "import", folder / "clip", "-o", folder / "clip.pt"], check=True, capture_output=True)
    if {"openvino", "onnxruntime"} & set(options.contenders) and not (folder / "clip.onnx").exists():
        class Tower(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.clip = CLIPVisionModelWithProjection.from_pretrained(folder / "clip").eval()

            def forward(self, pictures):
                return self.clip(pixel_values=pictures).image_embeds
        torch.onnx.export(Tower(), (torch.rand(2, 3, 224, 224),), folder / "clip.onnx", dynamo=True, external_data=True,
                          dynamic_shapes=({0: torch.export.Dim("n")},))


def type_of(precision):
    import torch
    return {"fp32": torch.float32, "bf16": torch.bfloat16, "auto": torch.float16}[precision]


def transformers(folder, precision, batch, threads, device):
    import torch
    from transformers import CLIPVisionModelWithProjection
    torch.set_num_threads(threads)
    model = CLIPVisionModelWithProjection.from_pretrained(folder / "clip").eval().to(device, type_of(precision))
    pictures = torch.rand(batch, 3, 224, 224)

    def run():
        with torch.inference_mode():
            model(pixel_values=pictures.to(device, type_of(precision))).image_embeds.cpu()
    return run


def product(folder, precision, batch, threads, device):
    """On CUDA: passes of one product, to be divided by the network's."""
    import torch
    left = torch.rand(8192, 8192, device=device).to(type_of(precision))

    def run():
        left @ left
        torch.cuda.synchronize()
    return run


def copy(folder, precision, batch, threads, device):
    import torch
    pictures = torch.rand(batch, 3, 224, 224).pin_memory()
    return lambda: pictures.to(device).sum().item()


def onnxruntime(folder, precision, batch, threads, device):
    import numpy as np
    import onnxruntime as runtime
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(str(folder / "clip.onnx"), options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.random.rand(batch, 3, 224, 224).astype(np.float32)}
    return lambda: session.run(None, feed)


def openvino(folder, precision, batch, threads, device):
    import numpy as np
    import openvino as ov
    core = ov.Core()
    model = core.read_model(str(folder / "clip.onnx"))
    model.reshape([batch, 3, 224, 224])
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16",
                                                 "PERFORMANCE_HINT": "LATENCY"})
    pictures = np.random.rand(batch, 3, 224, 224).astype(np.float32)
    return lambda: compiled([pictures])


def answer(name, folder, precision, batch, threads, pictures, device):
    """What bench_encoder does, for a peer."""
    run = globals()[name](folder, precision, batch, threads, device)
    passes = -(-pictures // batch)
    for line in itertools.chain([""], iter(sys.stdin.readline, "")):
        start = time.perf_counter()
        for _ in range(passes):
            run()
        print(passes * batch / (time.perf_counter() - start) if line else "ready", flush=True)


class Contender:
    """A process that measures once for each line that it is given."""
    def __init__(self, command, threads):
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                                        env={**os.environ, "OMP_NUM_THREADS": str(threads)})
        self.rates = []
        if self.process.stdout.readline().strip() != "ready":
            raise SystemExit(f"bench_encoder.py: {command[0]} does not start")

    def measure(self):
        time.sleep(0.5)  # threads of the one before may still wait for work
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.rates.append(float(self.process.stdout.readline()))

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def contend(options, precision, batch):
    model, pictures = options.folder / "clip.pt", PICTURES[options.kind] * (1 if options.device == "cpu" else 20)
    is_cpu = options.device == "cpu"

    def peer(name, batch, count):
        return [sys.executable, __file__, "--one", name, options.folder, precision, batch, options.threads, count, options.device]
    commands = {"peak": [options.program, "peak", precision, 0, options.threads, 0, "cpu"] if is_cpu else peer("product", 1, 20)}
    for name, program in (("vidcv", options.program), ("before", options.before)):
        if program and (name == "before" or name in options.contenders):
            commands[name] = [program, model, precision, batch, options.threads, pictures, options.device]
    for name in options.contenders + ([] if is_cpu else ["copy"]):
        if name != "vidcv" and not (name == "onnxruntime" and precision != "fp32"):
            commands[name] = peer(name, batch, pictures)
    contenders = {name: Contender(command, options.threads) for name, command in commands.items()}
    for _ in range(options.rounds):
        for contender in contenders.values():
            contender.measure()
    for contender in contenders.values():
        contender.close()
    return {name: contender.rates for name, contender in contenders.items()}


def show(options, precision, batch, rates):
    peak = max(rates.pop("peak")) * (1 if options.device == "cpu" else 2 * 8192 ** 3 / 1e9) / gflop(options.kind)
    cells = []
    for name, values in rates.items():
        cells.append(f"{max(values):.1f} ({statistics.median(values):.1f}), {max(values) / peak:.2f}")
    print(f"| {precision} | {batch} | {peak:.1f} | " + " | ".join(cells) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("folder", type=lambda p: pathlib.Path(p).resolve())
    parser.add_argument("--kind", default="b32", choices=SHAPES)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--precisions", help="fp32,bf16, and on CUDA auto (fp16)")
    parser.add_argument("--batches", default="1,2,8,32")
    parser.add_argument("--contenders", type=lambda names: names.split(","), default="vidcv,openvino,onnxruntime,transformers")
    parser.add_argument("--before", type=lambda p: pathlib.Path(p).resolve())
    options = parser.parse_args()
    options.folder /= options.kind
    options.precisions = options.precisions or ("fp32,bf16" if options.device == "cpu" else "fp32,bf16,auto")
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        prepare(options)
    is_first = True
    for precision in options.precisions.split(","):
        for batch in map(int, options.batches.split(",")):
            rates = contend(options, precision, batch)
            names = [name for name in rates if name != "peak"]
            if is_first or precision != last:
                print(f"\n{options.kind}, {options.threads} threads, pictures/s: best (median), share of the peak\n| | batch | peak | " + " | ".join(names)
                      + " |\n|" + "---|" * (len(names) + 3))
            is_first, last = False, precision
            show(options, precision, batch, rates)


if sys.argv[1:2] == ["--one"]:
    answer(sys.argv[2], pathlib.Path(sys.argv[3]), sys.argv[4], *map(int, sys.argv[5:8]), sys.argv[8])
else:
    main()
