#!/usr/bin/env python3
"""Pictures have Pillow's pixels, to the bit: JPEG in all its kinds through libjpeg-turbo, TIFF through libtiff, lossless formats through FFmpeg. AVIF, whose
chroma every program interpolates in its own way, has them on average. Decoded in a process of its own and in vidcv itself.

usage: picture_parity.py PROGRAMS FIXTURES [PICTURE...]
"""
import io
import pathlib
import struct
import sys
import tempfile

from support import Vidcv, require


def smooth(np, Image):
    """Smooth colours with noise, of odd size."""
    generator = np.random.default_rng(0)
    y, x = np.mgrid[0:133, 0:201]
    levels = np.stack([x, y * 1.5, (x + y) % 256], axis=-1) + generator.normal(0, 12, (133, 201, 3))
    return Image.fromarray(levels.clip(0, 255).astype(np.uint8))


def old_jpeg_in_tiff(picture):
    """Compression 6 of TIFF 6.0, which no current program writes: the whole JPEG file lies in the TIFF."""
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=90)
    jpeg, (width, height) = stream.getvalue(), picture.size
    # Width, height, bits (behind the 12 entries), compression, YCbCr, strip, samples, rows, bytes, JPEG and its length, 4:2:0
    bits = 8 + 2 + 12 * 12 + 4
    start = bits + 8
    entries = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, bits), (259, 3, 1, 6), (262, 3, 1, 6), (273, 4, 1, start), (277, 3, 1, 3),
               (278, 4, 1, height), (279, 4, 1, len(jpeg)), (513, 4, 1, start), (514, 4, 1, len(jpeg)), (530, 3, 2, 2 | 2 << 16)]
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries) + bytes(4)
    return b"II*\0" + struct.pack("<I", 8) + directory + struct.pack("<4H", 8, 8, 8, 0) + jpeg


def bmp_with_reserved_bytes(picture, np):
    """32 bits a pixel without compression; the fourth byte, which means nothing, is 7."""
    width, height = picture.size
    blue_first = np.asarray(picture)[::-1, :, ::-1]
    pixels = np.concatenate([blue_first, np.full((height, width, 1), 7, np.uint8)], axis=-1).tobytes()
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 32, 0, len(pixels), 0, 0, 0, 0) + pixels


def tiffs(picture):
    codecs = ("raw", "jpeg", "tiff_lzw", "tiff_adobe_deflate", "packbits", "lzma", "zstd")
    kinds = {f"{codec}.tif": (picture, {"compression": codec}) for codec in codecs}
    kinds |= {f"{mode}-{codec}.tif": (picture.convert(mode), {"compression": codec}) for mode in ("L", "P", "CMYK", "1") for codec in ("raw", "tiff_lzw")}
    kinds |= {f"{mode}-jpeg.tif": (picture.convert(mode), {"compression": "jpeg"}) for mode in ("L", "CMYK")}
    kinds |= {f"fax-{codec}.tif": (picture.convert("1"), {"compression": codec}) for codec in ("group3", "group4")}
    return kinds | {"big.tif": (picture, {"big_tiff": True}), "alpha.tif": (picture.convert("RGBA"), {})}


def made(folder, np, Image):
    """Pictures of every kind."""
    picture = smooth(np, Image)
    kinds = {f"{sampling}-{progressive}.jpg": (picture, {"quality": 85, "subsampling": sampling, "progressive": progressive == "progressive"})
             for sampling in ("4:2:0", "4:2:2", "4:4:4") for progressive in ("baseline", "progressive")}
    kinds |= {"gray.jpg": (picture.convert("L"), {}), "inks.jpg": (picture.convert("CMYK"), {}), "pixel.jpg": (picture.resize((1, 1)), {}),
              "thin.jpg": (picture.resize((1, 300)), {}), "turned.jpg": (picture, {"exif": exif(Image, 6)}),
              "plain.png": (picture, {}), "palette.png": (picture.convert("P"), {}), "gray.png": (picture.convert("L"), {}),
              "plain.bmp": (picture, {})}
    for name, (image, options) in (kinds | tiffs(picture)).items():
        image.save(folder / name.replace(":", ""), **options)
    (folder / "old-jpeg.tif").write_bytes(old_jpeg_in_tiff(picture))
    (folder / "reserved.bmp").write_bytes(bmp_with_reserved_bytes(picture, np))
    return sorted(folder.iterdir())


def exif(Image, orientation):
    block = Image.Exif()
    block[0x112] = orientation
    return block


def turned(folder, np, Image):
    """All eight orientations in all formats that have them."""
    picture = smooth(np, Image)
    kinds = {"jpg": {}, "png": {}, "webp": {"lossless": True}, "tif": {}, "lzw.tif": {"compression": "tiff_lzw"}, "jpeg.tif": {"compression": "jpeg"},
             "420.avif": {"subsampling": "4:2:0"}, "422.avif": {"subsampling": "4:2:2"}, "444.avif": {"subsampling": "4:4:4"}}
    for orientation in range(1, 9):
        for name, options in kinds.items():
            picture.save(folder / f"{orientation}.{name}", exif=exif(Image, orientation), **options)
    return sorted(folder.iterdir())


class Parity:
    def __init__(self, programs, np, Image):
        self.vidcv, self.np, self.Image = Vidcv(programs), np, Image

    def ours(self, picture, *options):
        with tempfile.TemporaryDirectory() as out:
            self.vidcv.run("sample", "--format", "png", "--out", out, *options, picture)
            return self.np.asarray(self.Image.open(next(pathlib.Path(out).rglob("*.png"))).convert("RGB")).astype(int)

    def check(self, picture, theirs, *options):
        theirs = self.np.asarray(theirs).astype(int)
        for isolation in ("process", "none"):
            ours = self.ours(picture, "--isolation", isolation, *options)
            assert ours.shape == theirs.shape, f"{picture.name}: {ours.shape}, not {theirs.shape}"
            difference = self.np.abs(ours - theirs)
            if picture.suffix == ".avif":
                assert difference.mean() <= 2.5, f"{picture.name}: differs by {difference.mean():.2f} levels on average"
            else:
                assert difference.max() == 0, f"{picture.name}: differs by up to {difference.max()} levels"


def main(programs, _, *pictures):
    require("PIL", "numpy")
    import numpy as np
    from PIL import Image, ImageOps
    parity = Parity(programs, np, Image)
    with tempfile.TemporaryDirectory() as folder:
        plain, held = pathlib.Path(folder) / "plain", pathlib.Path(folder) / "held"
        plain.mkdir()
        held.mkdir()
        pictures = [pathlib.Path(p) for p in pictures] or made(plain, np, Image)
        for picture in pictures:
            parity.check(picture, Image.open(picture).convert("RGB"), "--exif", "ignore", "--alpha", "drop")
        held = turned(held, np, Image)
        for picture in held:
            parity.check(picture, ImageOps.exif_transpose(Image.open(picture)).convert("RGB"))
        gray = smooth(np, Image).convert("L")
        wide = Image.fromarray(np.asarray(gray).astype(np.uint16) * 257)
        for name in ("wide.tif", "wide.png"):
            wide.save(plain / name)
            parity.check(plain / name, gray.convert("RGB"))
    print(f"{len(pictures) + len(held) + 2} pictures agree")


main(*sys.argv[1:])
