#!/usr/bin/env python3
"""Weights that are wrong: exit 1, one line that names the file and what was expected, and no model file, nor a part of one.

usage: bad_weights.py PROGRAMS FIXTURES
"""
import json
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from small_clip import small_clip  # noqa: E402
from support import SCRIPTS, Vidcv, require  # noqa: E402


def tensors_of(file):
    data = file.read_bytes()
    length = struct.unpack("<Q", data[:8])[0]
    return json.loads(data[8:8 + length]), data[8 + length:]


def write(file, header, data):
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + data)


def drop(name):
    """The tensor under another name: its bytes stay, so that nothing else is wrong."""
    def job(folder):
        header, data = tensors_of(folder / "model.safetensors")
        header["unused"] = header.pop(name)
        write(folder / "model.safetensors", header, data)
    return job


def rename(name, other):
    def job(folder):
        header, data = tensors_of(folder / "model.safetensors")
        header[other] = header.pop(name)
        write(folder / "model.safetensors", header, data)
    return job


def reshape(folder):
    header, data = tensors_of(folder / "model.safetensors")
    header["visual_projection.weight"]["shape"].reverse()
    write(folder / "model.safetensors", header, data)


def cut(folder):
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:-100])


def only_pickle(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def shard_elsewhere(folder):
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"a": "../b32/model.safetensors"}}))


def text(name, content):
    return lambda folder: (folder / name).write_text(content)


CASES = {
    "tensor vision_model.post_layernorm.bias: missing, [128] expected": drop("vision_model.post_layernorm.bias"),
    "tensor text_model.final_layer_norm.weight: missing, [128] expected": drop("text_model.final_layer_norm.weight"),
    "tensor visual_projection.weight: shape [128, 64], [64, 128] expected": reshape,
    "(cut off?)": cut,
    "only pytorch_model.bin is there, a pickle, which is a program": only_pickle,
    "weight_map: ../b32/model.safetensors: a file beside it expected": shard_elsewhere,
    "config.json: import: missing": lambda folder: (folder / "config.json").unlink(),
    "config.json: no JSON object": text("config.json", "["),
    "model_type: clip expected": text("config.json", '{"model_type": "siglip"}'),
    "nothing beside the weights says how pictures are prepared": lambda folder: (folder / "preprocessor_config.json").unlink(),
    "tensor vision_model.encoder.layers.0.scale: has no place in CLIP's network": rename("logit_scale", "vision_model.encoder.layers.0.scale"),
    "do_center_crop: true expected": text("preprocessor_config.json", '{"do_center_crop": false}'),
    "resample: 3 (bicubic) expected": text("preprocessor_config.json", '{"resample": 2}'),
    "image_mean: three numbers expected": text("preprocessor_config.json", '{"image_mean": [1, 2]}'),
    "crop_size 64, size 224: the network sees 96 pixels": text("preprocessor_config.json", '{"crop_size": 64}'),
    "merges.txt: import: missing": lambda folder: ((folder / "vocab.json").write_text("{}"), (folder / "merges.txt").unlink(missing_ok=True)),
    "vocabulary: <|startoftext|>: missing": lambda folder: ((folder / "vocab.json").write_text("{}"), (folder / "merges.txt").write_text("")),
}


def bad_imports(vidcv, good, scratch):
    for says, spoil in CASES.items():
        folder, output = scratch / "spoiled", scratch / "out" / "model.pt"
        shutil.copytree(good, folder)
        spoil(folder)
        done = vidcv.run("model", "import", folder, "-o", output, expect=1)
        assert done.stdout == "" and done.stderr.count("\n") == 1 and says in done.stderr, f"{says}: {done.stderr}"
        assert not list(output.parent.glob("*")), f"{says}: left {list(output.parent.glob('*'))}"
        shutil.rmtree(folder)


def changed_models(vidcv, good, scratch, picture):
    """A model whose weights were changed is found out, and so are vectors that are not the reference's."""
    model, reference = scratch / "model.pt", scratch / "reference.npz"
    vidcv.run("model", "import", good, "-o", model)
    assert "is there already" in vidcv.run("model", "import", good, "-o", model, expect=1).stderr
    subprocess.run([sys.executable, SCRIPTS / "make_reference.py", good, "-o", reference, picture], check=True, capture_output=True)
    verified = vidcv.objects("model", "verify", model, "--against", reference)[0]
    assert verified["result"] == "pass" and verified["pictures"] == 1 and verified["least_cosine"] > 0.999999
    assert vidcv.objects("model", "info", model)[0]["certificate"]["result"] == "pass"
    other = scratch / "other.pt"
    vidcv.run("model", "import", small_clip(scratch / "gelu", activation="gelu"), "-o", other)
    failed = vidcv.run("model", "verify", "--json", other, "--against", reference, expect=1)
    assert '"result":"fail"' in failed.stdout and "not those of the reference" in failed.stderr
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 0x40
    model.write_bytes(data)
    assert vidcv.run("model", "verify", model, expect=1).stderr.count("\n") == 1


def main(programs, fixtures):
    require("torch", "transformers", "numpy", "PIL")
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        good = small_clip(scratch / "good")
        bad_imports(vidcv, good, scratch)
        changed_models(vidcv, good, scratch, pathlib.Path(fixtures).resolve() / "bars.png")
    print(f"{len(CASES)} kinds of bad weights, each reported in one line")


main(*sys.argv[1:3])
