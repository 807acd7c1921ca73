#!/usr/bin/env python3
"""Pictures have Pillow's pixels, to the bit: JPEG in all its kinds through libjpeg-turbo, lossless formats through FFmpeg.

usage: picture_parity.py PROGRAMS FIXTURES [PICTURE...]
"""
import pathlib
import sys
import tempfile

from support import Vidcv, require


def made(folder, np, Image):
    """Pictures of every kind, of smooth colours with noise, odd sizes among them."""
    generator = np.random.default_rng(0)
    y, x = np.mgrid[0:133, 0:201]
    smooth = np.stack([x, y * 1.5, (x + y) % 256], axis=-1) + generator.normal(0, 12, (133, 201, 3))
    picture = Image.fromarray(smooth.clip(0, 255).astype(np.uint8))
    kinds = {f"{sampling}-{progressive}.jpg": (picture, {"quality": 85, "subsampling": sampling, "progressive": progressive == "progressive"})
             for sampling in ("4:2:0", "4:2:2", "4:4:4") for progressive in ("baseline", "progressive")}
    kinds |= {"gray.jpg": (picture.convert("L"), {}), "inks.jpg": (picture.convert("CMYK"), {}), "pixel.jpg": (picture.resize((1, 1)), {}),
              "thin.jpg": (picture.resize((1, 300)), {}), "turned.jpg": (picture, {"exif": bytes.fromhex(
                  "457869660000" "49492a0008000000" "0100" "1201" "0300" "01000000" "06000000" "00000000")}),
              "plain.png": (picture, {}), "palette.png": (picture.convert("P"), {}), "gray.png": (picture.convert("L"), {}),
              "plain.bmp": (picture, {}), "plain.tif": (picture, {})}
    for name, (image, options) in kinds.items():
        image.save(folder / name.replace(":", ""), **options)
    return sorted(folder.iterdir())


def main(programs, _, *pictures):
    require("PIL", "numpy")
    import numpy as np
    from PIL import Image
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "in").mkdir()
        pictures = [pathlib.Path(p) for p in pictures] or made(folder / "in", np, Image)
        for number, picture in enumerate(pictures):
            out = folder / str(number)
            vidcv.run("sample", "--exif", "ignore", "--alpha", "drop", "--format", "png", "--out", out, picture)
            ours = np.asarray(Image.open(next(out.rglob("*.png"))).convert("RGB"))
            theirs = np.asarray(Image.open(picture).convert("RGB"))
            assert ours.shape == theirs.shape, f"{picture.name}: {ours.shape}, not {theirs.shape}"
            difference = np.abs(ours.astype(int) - theirs).max()
            assert difference == 0, f"{picture.name}: differs by up to {difference} levels"
    print(f"{len(pictures)} pictures agree to the bit")


main(*sys.argv[1:])
