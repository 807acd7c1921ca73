#!/usr/bin/env python3
"""Folders of weights as libraries save them today, and PyTorch files that scripts/convert_weights.py converted, give transformers' vectors; what would
be guessed is refused.

usage: model_folders.py PROGRAMS FIXTURES
"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from small_clip import quietly, small_clip
from support import HERE, SCRIPTS, Vidcv, require, vectors_of


def expected(folder, picture, processor):
    import torch
    import transformers
    from PIL import Image
    model = quietly(transformers.CLIPVisionModelWithProjection.from_pretrained, folder).eval()
    with torch.no_grad():
        vector = model(**processor(images=Image.open(picture).convert("RGB"), return_tensors="pt")).image_embeds[0]
    return (vector / vector.norm()).numpy().astype(float)


def cosine(vidcv, model, folder, picture, processor):
    seen = vectors_of(vidcv.objects("embed", "--exif", "ignore", "--alpha", "drop", "--model", model, picture))[0]
    return float(seen @ expected(folder, picture, processor))


def processor_of(**more):
    import transformers
    sizes = {"size": {"shortest_edge": 96}, "crop_size": {"height": 96, "width": 96}}
    return quietly(transformers.CLIPImageProcessor, **{**sizes, **more})


def save_as_transformers_5(folder, processor):
    """A processor's parts in one file; CLIPProcessor.save_pretrained() writes it so."""
    (folder / "preprocessor_config.json").unlink(missing_ok=True)
    whole = {"image_processor": json.loads(processor.to_json_string()), "processor_class": "CLIPProcessor"}
    (folder / "processor_config.json").write_text(json.dumps(whole))


def check_processors(vidcv, good, scratch, picture):
    folder, model = scratch / "five", scratch / "five.pt"
    shutil.copytree(good, folder)
    half = processor_of(image_mean=[0.5] * 3, image_std=[0.5] * 3)
    save_as_transformers_5(folder, half)
    vidcv.run("model", "import", folder, "-o", model)
    found = cosine(vidcv, model, folder, picture, half)
    print(f"processor_config.json with a mean of 0.5: cosine {found:.8f}")
    assert found >= 0.999999
    assert vidcv.objects("model", "info", model)[0]["mean"] == [0.5] * 3
    for says, more in {"resample: 3 (bicubic) expected": {"resample": 2},
                       "do_center_crop: true expected": {"do_center_crop": False, "size": {"height": 96, "width": 96}}}.items():
        save_as_transformers_5(folder, processor_of(**more))
        assert says in vidcv.run("model", "import", folder, "-o", scratch / "no.pt", expect=1).stderr
    (folder / "processor_config.json").unlink()
    refused = vidcv.run("model", "import", folder, "-o", scratch / "no.pt", expect=1).stderr
    assert "nothing beside the weights says how pictures are prepared" in refused and "--preprocessing" in refused, refused
    vidcv.run("model", "import", folder, "--preprocessing", "openai", "-o", scratch / "asked.pt")
    assert not (scratch / "no.pt").exists()


def convert(vidcv, weights, target):
    subprocess.run([sys.executable, SCRIPTS / "convert_weights.py", weights, "-o", target], check=True, capture_output=True)


def check_conversion(vidcv, good, scratch, picture):
    """The command that a refusal names makes weights that are imported, from each way in which training saves them."""
    import safetensors.torch
    import torch
    weights = safetensors.torch.load_file(good / "model.safetensors")
    plain = scratch / "plain.pt"
    vidcv.run("model", "import", good, "-o", plain)
    want = vidcv.objects("model", "info", plain)[0]["fingerprint"]
    for name, saved in {"plain": weights, "trained": {"epoch": 3, "state_dict": {f"module.{k}": v for k, v in weights.items()}},
                        "old": weights}.items():
        folder = scratch / f"bin-{name}"
        shutil.copytree(good, folder)
        (folder / "model.safetensors").unlink()
        torch.save(saved, folder / "pytorch_model.bin", _use_new_zipfile_serialization=name != "old")
        refused = vidcv.run("model", "import", folder, "-o", scratch / "no.pt", expect=1).stderr
        command = f"scripts/convert_weights.py {folder}/pytorch_model.bin -o {folder}/model.safetensors"
        assert refused.rstrip().endswith(f"a pickle, which is a program: convert it: {command}"), refused
        assert command in vidcv.run("model", "import", folder / "pytorch_model.bin", "-o", scratch / "no.pt", expect=1).stderr
        convert(vidcv, folder / "pytorch_model.bin", folder / "model.safetensors")
        vidcv.run("model", "import", folder, "-o", scratch / f"{name}-converted.pt")
        assert vidcv.objects("model", "info", scratch / f"{name}-converted.pt")[0]["fingerprint"] == want, name
    prefixed = scratch / "prefixed"
    shutil.copytree(good, prefixed)
    safetensors.torch.save_file({f"model.{k}": v for k, v in weights.items()}, prefixed / "model.safetensors")
    refused = vidcv.run("model", "import", prefixed, "-o", scratch / "no.pt", expect=1).stderr
    assert "the names of its tensors begin with model., " in refused, refused
    convert(vidcv, prefixed / "model.safetensors", prefixed / "model.safetensors")
    vidcv.run("model", "import", prefixed, "-o", scratch / "prefixed.pt")
    assert "is a model file of vidcv already" in vidcv.run("model", "import", plain, "-o", scratch / "no.pt", expect=1).stderr


def check_pictures_only(vidcv, good, scratch):
    """What a model takes is what it does not refuse, and the reason is the one that is so."""
    folder, model = scratch / "no-words", scratch / "no-words.pt"
    shutil.copytree(good, folder)
    for file in ("vocab.json", "merges.txt", "tokenizer.json"):
        (folder / file).unlink(missing_ok=True)
    done = vidcv.run("model", "import", folder, "-o", model)
    assert "\tpictures\t" in done.stdout and "pictures only: no tokenizer was beside its weights" in done.stderr, done
    assert "\tpictures\t" in vidcv.run("model", "info", model).stdout
    assert vidcv.objects("model", "info", model)[0]["takes"] == "pictures"
    assert "no tokenizer was beside its weights" in vidcv.run("embed", "--model", model, "--text", "a", expect=1).stderr
    import safetensors.torch
    seeing, model = scratch / "seeing", scratch / "seeing.pt"
    shutil.copytree(good, seeing)
    weights = safetensors.torch.load_file(good / "model.safetensors")
    safetensors.torch.save_file({k: v for k, v in weights.items() if k.startswith(("vision", "visual"))}, seeing / "model.safetensors")
    config = json.loads((seeing / "config.json").read_text())
    (seeing / "config.json").write_text(json.dumps({**config["vision_config"], "projection_dim": 64, "model_type": "clip_vision_model"}))
    vidcv.run("model", "import", seeing, "-o", model)
    refused = vidcv.run("embed", "--model", model, "--text", "a", expect=1).stderr
    assert "it takes pictures only: there is no text tower among its weights" in refused, refused


def check_name(vidcv, good):
    done = vidcv.run("model", "import", good / "model.safetensors", "--json", "-o", good.parent / "named.pt")
    assert json.loads(done.stdout.splitlines()[0])["name"] == good.name


def main(programs, fixtures):
    require("torch", "transformers", "numpy", "PIL", "safetensors")
    sys.path.insert(0, str(HERE))
    vidcv, picture = Vidcv(programs), pathlib.Path(fixtures).resolve() / "bars.png"
    with tempfile.TemporaryDirectory() as scratch:
        scratch = pathlib.Path(scratch)
        good = small_clip(scratch / "good")
        check_processors(vidcv, good, scratch, picture)
        check_conversion(vidcv, good, scratch, picture)
        check_pictures_only(vidcv, good, scratch)
        check_name(vidcv, good)
    print("folders of weights are imported as they are, or refused")


main(*sys.argv[1:3])
