#!/usr/bin/env python3
"""Every name in the table of docs/formats.md is taken from a folder, and a file of that name and format is read.

usage: format_names.py PROGRAMS FIXTURES
"""
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

from support import HERE, Vidcv, require

SOURCE = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "smptebars=size=352x288:rate=25"]
MPEG4, MJPEG = ["-c:v", "mpeg4"], ["-c:v", "mjpeg", "-pix_fmt", "yuvj420p"]
# Options of ffmpeg by name; names that are missing here are other names of a format that is here, see SAME.
VIDEOS = {"mp4": MPEG4, "mov": MPEG4, "f4v": ["-c:v", "libx264", "-f", "mp4"], "ismv": ["-c:v", "libx264"], "3gp": ["-c:v", "h263"],
          "mj2": ["-c:v", "jpeg2000", "-f", "mov"], "mkv": MPEG4, "webm": ["-c:v", "libvpx"], "avi": MPEG4, "ts": ["-c:v", "mpeg2video"],
          "mpg": ["-c:v", "mpeg1video"], "vob": ["-c:v", "mpeg2video"], "m1v": ["-c:v", "mpeg1video"], "m2v": ["-c:v", "mpeg2video"],
          "flv": ["-c:v", "flv"], "asf": ["-c:v", "msmpeg4"], "wtv": ["-c:v", "mpeg2video"], "ogv": ["-c:v", "libtheora"], "rm": ["-c:v", "rv10"],
          "ivf": ["-c:v", "libvpx"], "mxf": ["-c:v", "mpeg2video"], "nut": MPEG4, "dv": ["-target", "pal-dv"], "h264": ["-c:v", "libx264"],
          "h265": ["-c:v", "libx265", "-x265-params", "log-level=none", "-f", "hevc"], "obu": ["-c:v", "libaom-av1", "-cpu-used", "8"],
          "mjpeg": MJPEG, "y4m": ["-pix_fmt", "yuv420p", "-strict", "-1"]}
PICTURES = {"jpg": [], "jls": ["-c:v", "jpegls", "-f", "image2"], "jp2": [], "j2k": [], "png": [], "apng": ["-f", "apng"], "gif": [], "webp": ["-c:v", "libwebp"],
            "tif": [], "bmp": [], "pbm": [], "pgm": [], "ppm": [], "pcx": [], "sgi": [], "dpx": [], "sun": [], "xwd": [], "xbm": []}
SAME = {"m4v": "mp4", "qt": "mov", "3g2": "3gp", "mk3d": "mkv", "divx": "avi", "mts": "ts", "m2ts": "ts", "m2t": "ts", "mpeg": "mpg", "mpe": "mpg",
        "m2p": "vob", "wmv": "asf", "ogm": "ogv", "rmvb": "rm", "dif": "dv", "264": "h264", "avc": "h264", "265": "h265", "hevc": "h265", "mjpg": "mjpeg",
        "jpeg": "jpg", "jpe": "jpg", "jfif": "jpg", "j2c": "j2k", "tiff": "tif", "dib": "bmp", "pnm": "ppm", "ras": "sun"}
BY_HAND = {"psd", "qoi", "mpo", "avif", "heic", "heif", "hif"}
NOT_MADE = {"vc1"}  # nothing here writes it


def documented():
    page = (HERE.parent.parent / "docs" / "formats.md").read_text()
    return [name for line in page.splitlines() if line.startswith("| ") for name in re.findall(r"`\.(\w+)`", line.split("|")[2])]


def make_by_ffmpeg(folder):
    """A file for each name that ffmpeg can write; those that this ffmpeg cannot write are reported."""
    lacking = set()
    for name, options in (VIDEOS | PICTURES).items():
        still = ["-frames:v", "1"] if name in PICTURES else ["-frames:v", "10"]
        done = subprocess.run([*SOURCE, *still, *options, folder / f"a.{name}"], capture_output=True, text=True)
        if done.returncode != 0:
            print(f".{name}: ffmpeg: {done.stderr.strip().splitlines()[-1]}")
            lacking.add(name)
    return lacking


def make_by_hand(folder):
    from PIL import Image
    picture = Image.open(folder / "a.png").convert("RGB")
    width, height = picture.size
    planes = b"".join(band.tobytes() for band in picture.split())
    (folder / "a.psd").write_bytes(b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3) + bytes(12) + struct.pack(">H", 0) + planes)
    pixels = b"".join(b"\xFE" + bytes(picture.getpixel((x, y))) for y in range(height) for x in range(width))
    (folder / "a.qoi").write_bytes(b"qoif" + struct.pack(">IIBB", width, height, 3, 0) + pixels + bytes(7) + b"\x01")
    picture.save(folder / "a.mpo", save_all=True, append_images=[picture.rotate(180)])
    picture.save(folder / "a.avif")


def make_heic(folder):
    """Nothing in Python writes HEIC: libheif's own program does, where it is there."""
    try:
        subprocess.run(["heif-enc", folder / "a.png", "-o", folder / "a.heic"], check=True, capture_output=True)
    except FileNotFoundError:
        return {"heic", "heif", "hif"}
    for name in ("heif", "hif"):
        (folder / f"a.{name}").write_bytes((folder / "a.heic").read_bytes())
    return set()


def main(programs, _):
    require("PIL")
    vidcv, names = Vidcv(programs), documented()
    made = VIDEOS.keys() | PICTURES.keys() | SAME.keys() | BY_HAND | NOT_MADE
    assert made == set(names) and len(names) == len(set(names)), made ^ set(names)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        lacking = make_by_ffmpeg(folder) | NOT_MADE
        make_by_hand(folder)
        for name, same in SAME.items():
            if same not in lacking:
                (folder / f"a.{name}").write_bytes((folder / f"a.{same}").read_bytes())
        lacking |= make_heic(folder) | {name for name, same in SAME.items() if same in lacking}
        found = {pathlib.Path(o["path"]).suffix[1:]: o for o in vidcv.objects("sample", folder)}
    assert found.keys() == set(names) - lacking, found.keys() ^ (set(names) - lacking)
    for name, clip in found.items():
        size = (720, 576) if name in ("dv", "dif") else (352, 288)
        assert (clip["width"], clip["height"]) == size or name in ("dv", "dif"), (name, clip["width"], clip["height"])
        assert not clip["frames"][0]["blank"] and clip["frames_damaged"] == 0, (name, clip)
    print(f"{len(found)} of {len(names)} names are read, and these were not made here: {sorted(lacking)}")


main(*sys.argv[1:3])
