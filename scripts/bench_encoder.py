#!/usr/bin/env python3
"""Pictures per second of the encoder alone, ViT-B/32 with random weights: vidcv, transformers, ONNX Runtime, OpenVINO, and the bare
matrix multiplies of the same shapes as the limit.

usage: bench_encoder.py PROGRAMS FOLDER [THREADS [ROUNDS]]

Each contender runs in a process of its own, they take turns, and of ROUNDS (3) the best counts. vidcv's is `encode_sec` of its summary. The model and
the pictures are made in FOLDER, once. Needs torch, transformers, onnx, onnxscript, onnxruntime and openvino in the Python that runs this.
"""
import contextlib
import io
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
BATCHES, COUNT = (1, 8, 32), 192
CONTENDERS = {"fp32": ("vidcv", "transformers", "onnxruntime", "openvino", "multiplies"),
              "bf16": ("vidcv", "transformers", "openvino", "multiplies")}


def prepare(programs, folder):
    """A CLIP folder, its vidcv model, an ONNX file of its vision tower, and pictures that cost nothing to read."""
    import numpy as np
    import torch
    from PIL import Image
    from transformers import CLIPVisionModelWithProjection
    sys.path.insert(0, str(HERE.parent / "test/parity"))
    import reference
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "clip" / "config.json").exists():
        reference.make_model(str(folder / "clip"), "b32")
    if not (folder / "clip.pt").exists():
        subprocess.run([programs / "vidcv", "model", "import", folder / "clip", "-o", folder / "clip.pt"], check=True, capture_output=True)
    if not (folder / "clip.onnx").exists():
        class Tower(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.clip = CLIPVisionModelWithProjection.from_pretrained(folder / "clip").eval()

            def forward(self, pictures):
                return self.clip(pixel_values=pictures).image_embeds
        torch.onnx.export(Tower(), (torch.rand(2, 3, 224, 224),), folder / "clip.onnx", dynamo=True, external_data=False,
                          dynamic_shapes=({0: torch.export.Dim("n")},))
    noise = np.random.default_rng(0)
    for i in range(COUNT):
        if not (folder / f"{i:03}.bmp").exists():
            Image.fromarray(noise.integers(0, 255, (224, 224, 3), dtype=np.uint8)).save(folder / f"{i:03}.bmp")


def rate(run, batch):
    """Pictures a second over COUNT pictures, behind a warm-up."""
    run()
    start = time.perf_counter()
    for _ in range(COUNT // batch):
        run()
    return COUNT // batch * batch / (time.perf_counter() - start)


def transformers(folder, precision, batch, threads):
    import torch
    from transformers import CLIPVisionModelWithProjection
    torch.set_num_threads(threads)
    model = CLIPVisionModelWithProjection.from_pretrained(folder / "clip").eval()
    kind = torch.float32 if precision == "fp32" else torch.bfloat16
    model, pictures = model.to(kind), torch.rand(batch, 3, 224, 224).to(kind)
    with torch.inference_mode():
        return rate(lambda: model(pixel_values=pictures), batch)


def onnxruntime(folder, _, batch, threads):
    import numpy as np
    import onnxruntime as runtime
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    session = runtime.InferenceSession(str(folder / "clip.onnx"), options, providers=["CPUExecutionProvider"])
    feed = {session.get_inputs()[0].name: np.random.rand(batch, 3, 224, 224).astype(np.float32)}
    return rate(lambda: session.run(None, feed), batch)


def openvino(folder, precision, batch, threads):
    import numpy as np
    import openvino as ov
    core = ov.Core()
    model = core.read_model(str(folder / "clip.onnx"))
    model.reshape([batch, 3, 224, 224])
    compiled = core.compile_model(model, "CPU", {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32" if precision == "fp32" else "bf16",
                                                 "PERFORMANCE_HINT": "LATENCY"})
    pictures = np.random.rand(batch, 3, 224, 224).astype(np.float32)
    return rate(lambda: compiled([pictures]), batch)


def multiplies(_, precision, batch, threads):
    """The linear layers of ViT-B/32 alone, weights packed for oneDNN."""
    import torch
    torch.set_num_threads(threads)
    kind = torch.float32 if precision == "fp32" else torch.bfloat16
    rows = batch * 50
    shapes = [(2304, 768), (768, 768), (3072, 768), (768, 3072)]
    layers = [[torch.ops.mkldnn._reorder_linear_weight((torch.rand(o, i) * 0.01).to(kind), rows) for o, i in shapes] for _ in range(12)]
    inputs = {i: torch.rand(rows, i).to(kind) for i in (768, 3072)}

    def run():
        for layer in layers:
            for (_, i), weight in zip(shapes, layer):
                torch.ops.mkldnn._linear_pointwise(inputs[i], weight, None, "none", [], "")
    with torch.inference_mode():
        return rate(run, batch)


def vidcv(programs, folder, precision, batch, threads):
    done = subprocess.run([programs / "vidcv-embed", "--json", "-q", "--model", folder / "clip.pt", "--precision", precision, "--batch", str(batch), "--threads", str(threads),
                           *sorted(folder.glob("*.bmp"))], check=True, capture_output=True, text=True)
    return COUNT / json.loads(done.stdout.rstrip("\n").split("\n")[-1])["encode_sec"]


def contend(name, programs, folder, precision, batch, threads):
    """In a process of its own, so that no two thread pools are in each other's way."""
    if name == "vidcv":
        return vidcv(programs, folder, precision, batch, threads)
    done = subprocess.run([sys.executable, __file__, "--one", name, folder, precision, str(batch), str(threads)], capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-1])


def main(programs, folder, threads="2", rounds="3"):
    programs, folder = pathlib.Path(programs).resolve(), pathlib.Path(folder).resolve()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        prepare(programs, folder)
    for precision, names in CONTENDERS.items():
        print(f"\n{precision}, {threads} threads\n| batch | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1))
        for batch in BATCHES:
            best = dict.fromkeys(names, 0.0)
            for _ in range(int(rounds)):
                for name in names:
                    best[name] = max(best[name], contend(name, programs, folder, precision, batch, int(threads)))
            print(f"| {batch} | " + " | ".join(f"{best[name]:.1f}" for name in names) + " |", flush=True)


if sys.argv[1] == "--one":
    print(globals()[sys.argv[2]](pathlib.Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]), int(sys.argv[6])))
else:
    main(*sys.argv[1:])
