#!/usr/bin/env python3
"""Prints the table of preprocess_test.cpp: what Pillow 13 makes of noise. build/venv has what it needs."""
import hashlib

import numpy as np
from PIL import Image

CASES = [  # width, height, short side, crop: down, up, neither, odd, tiny, long, about twice as tall as wide
    (1280, 720, 256, 224), (64, 48, 256, 224), (224, 224, 224, 224), (224, 300, 224, 224), (301, 224, 224, 224),
    (255, 257, 224, 224), (1, 1, 32, 24), (1, 2, 32, 24), (3, 500, 16, 16), (500, 3, 16, 15),
    (2000, 30, 9, 8), (30, 2000, 9, 8), (81, 243, 10, 10), (243, 81, 10, 10),
    (100, 200, 50, 49), (99, 200, 50, 49), (339, 915, 256, 224)]


def noise(width, height):
    """The low byte of a 32-bit counter times a constant, folded: no order, and easily made anywhere."""
    n = np.arange(width * height * 3, dtype=np.uint64) * np.uint64(2654435761) & np.uint64(0xFFFFFFFF)
    return ((n >> np.uint64(13)) ^ (n >> np.uint64(24))).astype(np.uint8).reshape(height, width, 3)


for width, height, short, side in CASES:
    size = [int(short * n / min(width, height)) for n in (width, height)]
    left, top = [(n - side) // 2 for n in size]
    picture = Image.fromarray(noise(width, height)).resize(size, Image.Resampling.BICUBIC)
    crop = np.asarray(picture.crop((left, top, left + side, top + side)))
    print(f'    {{{width}, {height}, {short}, {side}, "{hashlib.sha256(crop.tobytes()).hexdigest()[:16]}"}},')
