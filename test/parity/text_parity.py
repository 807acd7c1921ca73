#!/usr/bin/env python3
"""Texts have the tokens of transformers one for one, and its vectors: accents, emoji, CJK, contractions, entities, empty and over-long ones.

usage: text_parity.py PROGRAMS FIXTURES [COUNT [KIND]]   COUNT (500) texts; KIND (small, b32, b16, l14) of CLIP, its weights random
"""
import base64
import contextlib
import importlib.util
import io
import json
import pathlib
import random
import sys
import tempfile

from small_clip import quietly, small_clip
from support import HERE, Vidcv, require

PLAIN = ["", " ", "a red car", "A RED CAR!", "don't, can't, we'll, they've, I'm, you'd, it's 'quoted'", "İstanbul ΣΊΣΥΦΟΣ ΣΑΣ", "naïve café — fiancée",
         "e\u0301 o\u0308 \u1e69", "日本の猫と犬", "한국어 텍스트", "русский текст", "العربية", "👩‍👩‍👧‍👦 family 🇩🇪🎉", "fish &amp; chips &lt;b&gt; &#39;x&#39;", "2024-10-11 12:30 3.14%",
         "x" * 500, "word " * 120, "tab\tnew\nline\rfeed\u00a0nbsp\u3000wide", "<|endoftext|>", "a <|startoftext|> b <|endoftext|> c", "<|ENDOFTEXT|>!!", "<<|endoftext|>>",
         "½ ² ⅷ ٣", "\u200bzero\u200dwidth", "snake_case CamelCase", "''''s's't", "ǅ ß ẞ ﬁ", "🦄" * 90, "\u0085next\u000bline", "don’t ‘s", "a\u0300\u0301\u0302 q\u0307\u0323"]
PARTS = ["a photo of", "the", "'s", "'LL", "dog", "Straße", "ÉCOLE", "猫", "🐕", "&quot;", "...", "!?", "42", "½", "\n", "  ", "x²", "'re", "né", "—", "Ⅻ", "ſ", "K", "ﬃ", "नमस्ते", "ไทย", "\u202e", "ÅÅ"]


def texts(count):
    generator = random.Random(0)
    made = [generator.choice(["", " "]).join(generator.choices(PARTS, k=generator.randint(1, 12))) for _ in range(count - len(PLAIN))]
    return PLAIN + made


def main(programs, _, count=500, kind="small"):
    require("torch", "transformers", "numpy")
    if importlib.util.find_spec("open_clip") is None:  # whose vocabulary is used; it cannot be imported without torchvision
        require("open_clip")
    import numpy as np
    sys.path.insert(0, str(HERE))
    import reference
    vidcv = Vidcv(programs)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        if kind == "small":
            small_clip(folder / "clip")
        else:
            quietly(reference.make_model, str(folder / "clip"), kind)
        vidcv.run("model", "import", folder / "clip", "-o", folder / "clip.pt")
        asked = texts(int(count))
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            reference.embed_texts(str(folder / "clip"), asked)
        theirs = [json.loads(line) for line in output.getvalue().rstrip("\n").split("\n")]
        options = [word for text in asked for word in (f"--text={text}",)]
        ours = vidcv.objects("embed", "--model", folder / "clip.pt", *options)
        assert len(ours) == len(theirs) == len(asked)
        for our, their in zip(ours, theirs):
            assert our["text"] == their["text"]
            assert our["tokens"] == their["ids"], f"{our['text']!r}: {our['tokens']}, not {their['ids']}"
        a, b = (np.stack([np.frombuffer(base64.b64decode(o["embedding"]), "<f4").astype(float) for o in side]) for side in (ours, theirs))
        cosines = (a * b).sum(axis=1)
        far = np.linalg.norm(a - b, axis=1) / np.linalg.norm(b - b.mean(axis=0), axis=1)
        print(f"{len(asked)} texts: least cosine {cosines.min():.8f}, largest difference {far.max():.1e} of the distance to the mean")
        assert cosines.min() >= 0.999999 and far.max() <= 0.001


main(*sys.argv[1:])
