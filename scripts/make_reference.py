#!/usr/bin/env python3
"""Makes a file of reference vectors for `vidcv model verify MODEL --against FILE.npz`: pictures, texts, and what transformers makes of them.

usage: make_reference.py DIR -o FILE.npz [--text TEXT]... PICTURE...

DIR is the CLIP folder that the model was imported from. The file holds the pixels themselves (`picture_N`, uint8 [height, width, 3]), `vectors`
(float32 [pictures, dim], unit length), `texts` (UTF-8 of a JSON list), `text_vectors` and `made_by`. Needs torch, transformers and Pillow.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch
import transformers
from PIL import Image


def unit(vectors):
    return (vectors / vectors.norm(dim=-1, keepdim=True)).numpy().astype("float32")


def as_bytes(value):
    return np.frombuffer(json.dumps(value, ensure_ascii=False).encode(), np.uint8)


def picture_vectors(folder, pictures):
    model = transformers.CLIPVisionModelWithProjection.from_pretrained(folder).float().eval()
    processor = transformers.CLIPImageProcessor.from_pretrained(folder)
    with torch.no_grad():
        return np.concatenate([unit(model(**processor(images=picture, return_tensors="pt")).image_embeds) for picture in pictures])


def text_vectors(folder, texts):
    tokenizer = transformers.CLIPTokenizer.from_pretrained(folder)
    model = transformers.CLIPTextModelWithProjection.from_pretrained(folder).float().eval()
    with torch.no_grad():
        return np.concatenate([unit(model(**tokenizer([text], truncation=True, max_length=77, return_tensors="pt")).text_embeds) for text in texts])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("pictures", metavar="PICTURE", nargs="+")
    parser.add_argument("-o", "--output", metavar="FILE.npz", required=True)
    parser.add_argument("--text", metavar="TEXT", action="append", default=[])
    options = parser.parse_args()
    transformers.logging.set_verbosity_error()
    pictures = [Image.open(file).convert("RGB") for file in options.pictures]
    arrays = {f"picture_{i}": np.asarray(picture) for i, picture in enumerate(pictures)}
    arrays["vectors"] = picture_vectors(options.folder, pictures)
    if options.text:
        arrays |= {"texts": as_bytes(options.text), "text_vectors": text_vectors(options.folder, options.text)}
    arrays["made_by"] = as_bytes(f"transformers {transformers.__version__}, torch {torch.__version__}")
    part = options.output + ".part.npz"
    np.savez(part, **arrays)
    os.replace(part, options.output)


if __name__ == "__main__":
    sys.exit(main())
