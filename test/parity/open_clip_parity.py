#!/usr/bin/env python3
"""A checkpoint in open_clip's names, without a configuration or with one, gives open_clip's vectors of pictures and texts.

usage: open_clip_parity.py PROGRAMS FIXTURES [KIND PICTURE...]
KIND: small (random weights, two layers), b32 (ViT-B-32, random weights), or h, g, bigg: twins of ViT-H-14, ViT-g-14 and ViT-bigG-14 that are a
quarter as wide, with their widths of a head; without a KIND small and the twins
"""
import json
import pathlib
import sys
import tempfile
import types

from small_clip import quietly
from support import HERE, Vidcv, require, vectors_of

SHAPES = {"small": {"embed_dim": 64, "vision_cfg": {"image_size": 96, "layers": 2, "width": 128, "patch_size": 16},
                    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 256, "heads": 4, "layers": 2}},
          "b32": {"embed_dim": 512, "vision_cfg": {"image_size": 224, "layers": 12, "width": 768, "patch_size": 32},
                  "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 512, "heads": 8, "layers": 12}}}
for name, width, head_width, ratio in (("h", 320, 80, 4.0), ("g", 352, 88, 4.3637), ("bigg", 416, 104, 4.9231)):
    SHAPES[name] = {"embed_dim": 64, "vision_cfg": {"image_size": 96, "layers": 2, "width": width, "head_width": head_width, "mlp_ratio": ratio, "patch_size": 16},
                    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 256, "heads": 4, "layers": 2}}
UNEVEN = 4  # random weights look at all patches alike, and such attention does not show how many heads it has
TEXTS = ["a red car", "un café à Paris", "two dogs, 3 cats & a 猫"]


class Anything:
    """What open_clip takes from torchvision when it is imported, and does not use here."""
    BICUBIC = BILINEAR = NEAREST = None


def anything(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return Anything


def stand_in_for_torchvision():
    for name in ("torchvision", "torchvision.transforms", "torchvision.transforms.functional", "torchvision.ops", "torchvision.ops.misc"):
        module = types.ModuleType(name)
        module.__getattr__ = anything
        module.__path__ = []
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)


def make_checkpoint(folder, kind, quick):
    import open_clip.model
    import safetensors.torch
    import torch
    torch.manual_seed(0)
    network = open_clip.model.CLIP(**SHAPES[kind], quick_gelu=quick).eval()
    for parameter in network.parameters():
        parameter.data += 0.02 * torch.randn_like(parameter)
    if kind not in ("small", "b32"):
        for block in network.visual.transformer.resblocks:
            block.attn.in_proj_weight.data *= UNEVEN
    folder.mkdir()
    safetensors.torch.save_file({k: v.contiguous() for k, v in network.state_dict().items()}, folder / "open_clip_model.safetensors")
    return network


def expected(network, side, pictures, token_lists):
    """Vectors by open_clip of pictures that CLIP's own rule prepared, and of tokens."""
    import torch
    from PIL import Image
    from transformers import CLIPImageProcessor
    rule = quietly(CLIPImageProcessor, size={"shortest_edge": side}, crop_size={"height": side, "width": side})
    ids = torch.zeros(len(token_lists), 77, dtype=torch.long)
    for row, tokens in zip(ids, token_lists):
        row[:len(tokens)] = torch.tensor(tokens)
    with torch.no_grad():
        images = torch.cat([network.encode_image(rule(images=Image.open(p).convert("RGB"), return_tensors="pt")["pixel_values"], normalize=True) for p in pictures])
        return images.numpy().astype(float), network.encode_text(ids, normalize=True).numpy().astype(float)


def import_checkpoint(vidcv, folder, model, kind, quick):
    """What the tensors do not tell is said by the configuration, or by options; it is never guessed."""
    weights = folder / "open_clip_model.safetensors"
    if quick or kind not in ("small", "b32"):
        config = {"model_cfg": {**SHAPES[kind], "quick_gelu": quick}, "preprocess_cfg": {}}
        (folder / "open_clip_config.json").write_text(json.dumps(config))
        return vidcv.run("model", "import", folder, "-o", model)
    vidcv.run("model", "import", weights, "--head-width", 64, "--preprocessing", "openai", "-o", model, expect=1)
    vidcv.run("model", "import", weights, "--head-width", 64, "--activation", "gelu", "-o", model, expect=1)
    if kind == "small":  # of a width that no network of open_clip has
        vidcv.run("model", "import", weights, "--preprocessing", "openai", "--activation", "gelu", "-o", model, expect=1)
    assert not model.exists()
    return vidcv.run("model", "import", weights, "--head-width", 64, "--preprocessing", "openai", "--activation", "gelu", "-o", model)


def compare(vidcv, kind, quick, pictures, scratch):
    import numpy as np
    import reference
    folder, model = scratch / f"{kind}-quick-{quick}", scratch / f"{kind}-quick-{quick}.pt"
    network = make_checkpoint(folder, kind, quick)
    quietly(reference.make_tokenizer, str(folder))
    said = import_checkpoint(vidcv, folder, model, kind, quick)
    assert "pictures and texts" in said.stdout, said.stdout
    seen = vidcv.objects("embed", "--exif", "ignore", "--alpha", "drop", "--model", model, *pictures)
    read = vidcv.objects("embed", "--model", model, *(f"--text={text}" for text in TEXTS))
    theirs = expected(network, SHAPES[kind]["vision_cfg"]["image_size"], pictures, [o["tokens"] for o in read])
    for what, ours, their in zip(("pictures", "texts"), (vectors_of(seen), vectors_of(read)), theirs):
        cosines = (ours * their).sum(axis=1)
        far = np.linalg.norm(ours - their, axis=1) / np.linalg.norm(their - their.mean(axis=0), axis=1)
        print(f"{kind}, quick_gelu {quick}, {len(ours)} {what}: least cosine {cosines.min():.8f}, difference at most {far.max():.1e}")
        assert cosines.min() >= 0.999999 and far.max() <= 0.001


def main(programs, fixtures, kind="", *pictures):
    require("torch", "transformers", "numpy", "PIL", "safetensors")
    from transformers import AutoModel, CLIPImageProcessor  # noqa: F401  while torchvision is still seen to be missing
    stand_in_for_torchvision()
    require("open_clip.model")
    sys.path.insert(0, str(HERE))
    vidcv = Vidcv(programs)
    pictures = [pathlib.Path(p).resolve() for p in pictures] or sorted(pathlib.Path(fixtures).resolve().glob("*.[pj][np]g"))
    runs = [(kind, quick) for quick in (False, True)] if kind else [("small", False), ("small", True), ("h", False), ("g", False), ("bigg", True)]
    with tempfile.TemporaryDirectory() as scratch:
        for one, quick in runs:
            compare(vidcv, one, quick, pictures, pathlib.Path(scratch))


main(*sys.argv[1:])
