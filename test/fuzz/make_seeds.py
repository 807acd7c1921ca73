#!/usr/bin/env python3
"""make_seeds.py: writes those seeds of test/fuzz/corpus that are bytes and not texts: tiny files of each kind, and messages."""
import io
import pathlib
import struct
import zipfile
import zlib

CORPUS = pathlib.Path(__file__).parent / "corpus"
DESCRIPTION = (
    '{"format": 1, "name": "tiny", "architecture": "mean", "dim": 3, "input_size": 8, "resize_short": 10, "interpolation": "bicubic", "scale": 0.5, '
    '"mean": [1, 2.5, -3], "deviation": [1, 2, 4], "match_threshold": 0.65, "fingerprint": "' + "a" * 64 + '"'
)
TEXT = ', "text": {"architecture": "clip", "context": 8, "tokenizer": "clip", "fingerprint": "' + "b" * 64 + '"}'


def write(target, name, data):
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)


def archive(entries, compression=zipfile.ZIP_STORED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as file:
        for name, data in entries.items():
            file.writestr(zipfile.ZipInfo(name), data, compression)
    return out.getvalue()


def npy(kind, shape, data, version=1):
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<H" if version == 1 else "<I", len(header)) + header + data


def make_npz():
    floats = npy("<f4", (2, 1), bytes(8))
    write("npz", "array", b"\0" + floats)
    write("npz", "wide_header", b"\0" + npy("|u1", (3,), b"abc", 2))
    write("npz", "archive", b"\1" + archive({"vectors.npy": floats}))
    write("npz", "deflated", b"\1" + archive({"a.npy": npy("|u1", (200,), bytes(200))}, zipfile.ZIP_DEFLATED))


def make_model():
    write("model", "archive", b"\1" + archive({"m/extra/vidcv.json": DESCRIPTION + "}"}))
    write("model", "deflated", b"\1" + archive({"m/extra/vidcv.json": DESCRIPTION + "}"}, zipfile.ZIP_DEFLATED))
    write("model", "texts", b"\0" + (DESCRIPTION + TEXT + '}\f{"a": 1, "b</w>": 2}\fa b</w>\n').encode())
    write("model", "pictures", b"\0" + (DESCRIPTION + ', "no_texts": "why"}').encode())


def make_wire():
    """Datagrams: how many descriptors, the length, the type in front of the message."""
    sizes = {"open": (1, 88), "more": (2, 16), "release": (3, 528), "close": (4, 16), "ready": (1, 24), "opened": (2, 64), "picture": (3, 192),
             "end": (4, 48), "closed": (5, 16), "times": (6, 192), "failed": (7, 520)}
    for name, (kind, size) in sizes.items():
        write("wire", name, struct.pack("<BHQ", kind % 4, size, kind) + b"\7" * (size - 8))
    write("wire", "nonsense", struct.pack("<BH", 0, 1) + b"x" + struct.pack("<BH", 2, 8) + b"\xff" * 8)


def make_lent_frame():
    """A format, a size less one, the alpha rule, then lies: the offset of a field, the logarithm of its size, its value."""
    formats = {"yuv420p": 0, "rgb24": 2, "gray8": 8, "monowhite": 9, "pal8": 11, "nv12": 23, "rgba": 26, "gray16": 30, "rgb48": 35, "yuv420p10": 62}
    for name, number in formats.items():
        write("lent_frame", name, struct.pack("<HBBB", number, 31, 23, 0))
    frame = struct.pack("<HBBB", 0, 31, 23, 0)
    write("lent_frame", "turned", frame + struct.pack("<HBI", 32, 2, 90) + struct.pack("<HBd", 40, 3, 1.5))
    write("lent_frame", "hdr", struct.pack("<HBBB", 62, 31, 23, 0) + struct.pack("<HBI", 72, 2, 16))
    write("lent_frame", "pixels", frame + struct.pack("<HBQ", 128, 3, 4096))
    write("lent_frame", "upside_down", frame + struct.pack("<HBQ", 80, 3, 736) + struct.pack("<HBi", 112, 2, -32))
    write("lent_frame", "times", struct.pack("<HHHH", 0xFFFF, 4, 2, 64))


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


EXIF = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHH", 0x112, 3, 1, 6, 0) + bytes(4)


def element(kind, data):
    return kind + bytes([0x80 | len(data)]) + data


def make_headers():
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    png = b"\x89PNG\r\n\x1a\n" + header + chunk(b"eXIf", EXIF) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
    write("headers", "png", png)
    write("headers", "png_note", png[:33] + chunk(b"tEXt", b"Comment\0" + b"0123456789abcdef a note") + png[33:])
    exif = b"Exif\0\0" + EXIF
    frame = b"\xff\xc9" + struct.pack(">HBHHBBBB", 11, 8, 1, 1, 1, 1, 0x11, 0)
    app = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0" + bytes(9)
    comment = b"\xff\xfe" + struct.pack(">H", 2 + 23) + b"0123456789abcdef a note"
    write("headers", "jpeg", b"\xff\xd8\xff\xe1" + struct.pack(">H", 2 + len(exif)) + exif + frame + b"\xff\xda\xff\xd9")
    write("headers", "jpeg_note", b"\xff\xd8" + app + comment + frame + b"\xff\xff\xff\xda\xff\xd9")
    write("headers", "exif_big", b"MM\0*" + struct.pack(">IH", 8, 1) + struct.pack(">HHIHH", 0x112, 3, 1, 8, 0))
    write("headers", "exif_hex", b"\nexif\n  26\n" + EXIF.hex().encode() + b"\n")
    write("headers", "bmp", b"BM" + bytes(26) + struct.pack("<HI", 32, 0) + bytes(8))
    write("headers", "heif", struct.pack(">I", 24) + b"ftypmif1" + bytes(4) + b"mif1heic" + bytes(8))
    write("headers", "matroska", element(b"\x1a\x45\xdf\xa3", b"\x42\x86\x81\1") + b"\x18\x53\x80\x67\x88" + bytes(4))
    write("headers", "matroska_live", element(b"\x1a\x45\xdf\xa3", b"") + b"\x18\x53\x80\x67\x01" + b"\xff" * 7)


def make_coded_picture():
    """The codec, what the container claims about it, then packets: twice the length, and 1 for a keyframe."""
    def stream(codec, extra, *packets):
        return bytes([codec, len(extra)]) + extra + b"".join(struct.pack("<H", 2 * len(data) + 1) + data for data in packets)

    sps = bytes.fromhex("67640033acb618042069080000030008000003019078c1954000000001 68ee3cb0".replace(" ", ""))
    write("coded_picture", "h264", stream(0, b"", b"\0\0\0\1" + sps + b"\0\0\1\x65\x88\x84\0", b"\0\0\1\x41\x9a\x21"))
    write("coded_picture", "h264_lengths", stream(0, b"\1\x64\0\x33\xff\xe0\0", b"\0\0\0\3\x65\x88\x84", b"\0\0\0\3\x41\x9a\x21"))
    write("coded_picture", "hevc", stream(1, b"", b"\0\0\1\x40\1\x0c\1\0\0\1\x26\1\xaf", b"\0\0\1\2\1\xd0\0\0\1\x4a\1"))
    write("coded_picture", "hevc_lengths", stream(1, b"\1" + bytes(20) + b"\x0f\0", b"\0\0\0\3\x26\1\xaf"))
    write("coded_picture", "vp8", stream(3, b"", b"\x10\2\0\x9d\1\x2a\x10\0\x10\0", b"\1\0\0"))
    write("coded_picture", "vp9", stream(4, b"", b"\x82\x49\x83\x42", b"\x86\0\x86\0\xc1\2\2\xc1"))
    write("coded_picture", "mpeg2", stream(6, b"", b"\0\0\1\0\0\x1a\0\0\0\1\xb5\x8f\xff\xf3", b"\0\0\1\0\0\x18\0\0\0\1\xb5\x8f\xff\xf1"))


def tiff(tags, data, order="<"):
    """A directory behind the data, which lies at byte 8."""
    entries = b"".join(struct.pack(order + "HHI", tag, kind, count) + value for tag, (kind, count, value) in sorted(tags.items()))
    head = b"II*\0" if order == "<" else b"MM\0*"
    return head + struct.pack(order + "I", 8 + len(data)) + data + struct.pack(order + "H", len(tags)) + entries + bytes(4)


def make_tiff():
    def short(number):
        return (3, 1, struct.pack("<HH", number, 0))

    def long(number):
        return (4, 1, struct.pack("<I", number))

    def plain(width, height, bits, samples, photometric, size, more=None):
        return {256: short(width), 257: short(height), 258: short(bits), 259: short(1), 262: short(photometric), 273: long(8), 277: short(samples),
                278: short(height), 279: long(size), **(more or {})}

    write("tiff", "gray", tiff(plain(4, 3, 8, 1, 1, 12), bytes(range(12))))
    write("tiff", "bits", tiff(plain(9, 2, 1, 1, 0, 4), b"\xaa\x80\x55\0"))
    write("tiff", "rgba16", tiff(plain(2, 1, 16, 4, 2, 16, {338: short(1)}), bytes(range(16))))
    write("tiff", "inks", tiff(plain(2, 1, 8, 4, 5, 8), bytes(range(8))))
    write("tiff", "planes", tiff(plain(2, 1, 8, 2, 1, 2, {273: (4, 2, struct.pack("<I", 8)), 284: short(2)}), bytes(4)))
    tiles = {256: short(20), 257: short(4), 258: short(8), 259: short(1), 262: short(1), 277: short(1), 322: short(32), 323: short(16), 324: long(8),
             325: long(512)}
    write("tiff", "tiles", tiff(tiles, bytes(512)))
    colours = plain(2, 1, 2, 1, 3, 1, {320: (3, 12, struct.pack("<I", 12))})
    write("tiff", "palette", tiff(colours, b"\x1b\0\0\0" + bytes(range(24))))
    write("tiff", "packbits", tiff(plain(4, 1, 8, 1, 1, 2, {259: short(32773)}), b"\xfd\x07"))
    write("tiff", "ycbcr", tiff(plain(2, 2, 8, 3, 6, 6, {530: (3, 2, struct.pack("<HH", 2, 2))}), bytes(6)))


for make in (make_npz, make_model, make_wire, make_lent_frame, make_headers, make_coded_picture, make_tiff):
    make()
