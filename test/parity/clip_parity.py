#!/usr/bin/env python3
"""A CLIP folder that `vidcv model import` made a model of gives the vectors of transformers.

usage: clip_parity.py PROGRAMS FIXTURES [KIND PICTURE...]

Without more, small CLIPs of random weights in every form that weights come in, on the fixtures. With KIND (b32, b16, l14: random weights too)
all PICTUREs, grouped by what is promised for them.
"""
import pathlib
import subprocess
import sys
import tempfile

from small_clip import quietly, small_clip
from support import HERE, Vidcv, require, vectors_of

LOSSY = (".webp",)


def compare(vidcv, folder, model, pictures, precision="fp32"):
    """Least cosine, and the largest difference as a share of the distance to the mean of all."""
    import numpy as np
    import reference
    clip = reference.Clip(str(folder))
    theirs = np.stack([quietly(clip.embed, str(picture)).astype(float) for picture in pictures])
    ours = vectors_of(vidcv.objects("embed", "--exif", "ignore", "--alpha", "drop", "--precision", precision, "--model", model, *pictures))
    far = np.linalg.norm(ours - theirs, axis=1) / np.linalg.norm(theirs - theirs.mean(axis=0), axis=1)
    return (ours * theirs).sum(axis=1), far


def small_ones(vidcv, pictures, scratch):
    forms = {"plain": {}, "gelu": {"activation": "gelu"}, "half": {"dtype": "float16"}, "brain": {"dtype": "bfloat16"}, "sharded": {"shard": "400KB"}}
    for name, options in forms.items():
        folder, model = small_clip(scratch / name, **options), scratch / f"{name}.pt"
        assert (name == "sharded") == (folder / "model.safetensors.index.json").exists()
        vidcv.run("model", "import", folder, "-o", model)
        vidcv.run("model", "verify", model)
        if name in ("half", "brain"):  # what is compared with computes in float32 too
            import transformers
            quietly(transformers.CLIPModel.from_pretrained(folder).float().save_pretrained, folder)
            config = folder / "config.json"
            config.write_text(config.read_text().replace('"float16"', '"float32"').replace('"bfloat16"', '"float32"'))
        cosines, far = compare(vidcv, folder, model, pictures)
        assert cosines.min() >= 0.999999 and far.max() <= 0.001, f"{name}: {cosines.min()}, {far.max()}"
    exported = scratch / "exported.pt"
    subprocess.run([sys.executable, HERE.parent.parent / "scripts/export_model.py", "clip", scratch / "plain", "-o", exported], check=True, capture_output=True)
    ours, theirs = (vidcv.objects("model", "info", file)[0]["fingerprint"] for file in (scratch / "plain.pt", exported))
    assert ours == theirs, "the importer and export_model.py give different fingerprints"
    print(f"{len(forms)} forms of weights, {len(pictures)} pictures: all agree")


def large_one(vidcv, kind, pictures, scratch):
    import reference
    folder, model = scratch / kind, scratch / f"{kind}.pt"
    quietly(reference.make_model, str(folder), kind)
    vidcv.run("model", "import", folder, "-o", model)
    cosines, far = compare(vidcv, folder, model, pictures)
    for name, group, bound in (("lossless and JPEG", [i for i, p in enumerate(pictures) if p.suffix not in LOSSY], 0.999999),
                               ("WebP", [i for i, p in enumerate(pictures) if p.suffix in LOSSY], 0.9999)):
        if not group:
            continue
        worst = min(group, key=lambda i: cosines[i])
        print(f"{kind}, {len(group)} pictures, {name}: least cosine {cosines[group].min():.8f} ({pictures[worst].name}), "
              f"difference at most {far[group].max():.1e} of the distance to the mean")
        assert cosines[group].min() >= bound and (bound < 0.999999 or far[group].max() <= 0.001)


def main(programs, fixtures, kind=None, *pictures):
    require("torch", "transformers", "numpy", "PIL")
    sys.path.insert(0, str(HERE))
    vidcv, fixtures = Vidcv(programs), pathlib.Path(fixtures).resolve()
    with tempfile.TemporaryDirectory() as scratch:
        if kind:
            large_one(vidcv, kind, [pathlib.Path(p).resolve() for p in pictures], pathlib.Path(scratch))
        else:
            small_ones(vidcv, sorted([*fixtures.glob("*.png"), *fixtures.glob("*.jpg")]), pathlib.Path(scratch))


main(*sys.argv[1:])
