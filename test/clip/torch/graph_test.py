#!/usr/bin/env python3
"""Networks that packed_graph.cpp rewrites, and ones that look alike but must stay: each gives the vectors of LibTorch as it is.

usage: graph_test.py PROGRAMS
"""
import importlib.util
import pathlib
import sys
import tempfile
import warnings

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "parity"))
from support import Vidcv, require, vectors_of  # noqa: E402

SIDE, PATCH, WIDTH, HEADS, DIM, PICTURES = 64, 16, 96, 3, 48, 11


def towers():
    import torch
    from torch.nn import functional

    class Layer(torch.nn.Module):
        def __init__(self, causal=False, masked=False, scale=None, activation="quick_gelu", swapped=False, in_place=False, narrow_bias=False):
            super().__init__()
            self.causal, self.masked, self.scale, self.activation, self.swapped, self.in_place = causal, masked, scale, activation, swapped, in_place
            self.first, self.second = torch.nn.LayerNorm(WIDTH), torch.nn.LayerNorm(WIDTH)
            self.q, self.k, self.v, self.out = (torch.nn.Linear(WIDTH, WIDTH) for _ in range(4))
            self.fc1, self.fc2 = torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.Linear(4 * WIDTH, WIDTH)
            if narrow_bias:
                self.out.bias = torch.nn.Parameter(torch.ones(1))  # one for all outputs

        def heads(self, x):
            n, tokens = x.shape[:2]
            if self.swapped:  # heads beside each other number by number
                return x.view(n, tokens, WIDTH // HEADS, HEADS).permute(0, 3, 1, 2)
            return x.view(n, tokens, HEADS, WIDTH // HEADS).transpose(1, 2)

        def forward(self, x):
            y = self.first(x)
            mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril(2) if self.masked else None
            y = functional.scaled_dot_product_attention(self.heads(self.q(y)), self.heads(self.k(y)), self.heads(self.v(y)), mask, is_causal=self.causal,
                                                        scale=self.scale)
            if self.in_place:
                x += self.out(y.transpose(1, 2).flatten(2))
                x += self.fc2(functional.relu(self.fc1(self.second(x)), inplace=True))
                return x
            x = x + self.out(y.transpose(1, 2).flatten(2))
            y = self.fc1(self.second(x))
            y = {"quick_gelu": lambda: y * torch.sigmoid(1.702 * y), "gelu": lambda: functional.gelu(y), "tanh": lambda: functional.gelu(y, approximate="tanh"),
                 "relu": lambda: functional.relu(y), "silu": lambda: functional.silu(y)}[self.activation]()
            return x + self.fc2(y)

    class Pool(Layer):
        """Queries of their own: one for all pictures, or the first tokens of each."""
        def __init__(self, kind):
            super().__init__(causal=kind == "causal pool")
            self.kind, self.probe = kind, torch.nn.Parameter(torch.randn(1, 2, WIDTH))

        def forward(self, x):
            rows = {"pool": lambda: self.probe, "pool of many": lambda: self.probe.expand(x.shape[0], 2, WIDTH), "causal pool": lambda: x[:, 3:6],
                    "keys of one": lambda: x}[self.kind]()
            keys = self.probe if self.kind == "keys of one" else x
            y = functional.scaled_dot_product_attention(self.heads(self.q(rows)), self.heads(self.k(keys)), self.heads(self.v(keys)), is_causal=self.causal)
            return self.out(y.transpose(1, 2).flatten(2))

    class Tower(torch.nn.Module):
        def __init__(self, ending="class", layers=2, convolution=False, **options):
            super().__init__()
            self.ending = ending
            self.pool = Pool(ending) if "pool" in ending or ending == "keys of one" else None
            self.patches = torch.nn.Conv2d(3, WIDTH, PATCH, PATCH) if convolution else torch.nn.Linear(3 * PATCH * PATCH, WIDTH, bias=False)
            self.token, self.place = torch.nn.Parameter(torch.randn(WIDTH)), torch.nn.Parameter(torch.randn((SIDE // PATCH) ** 2 + 1, WIDTH))
            self.layers = torch.nn.ModuleList(Layer(**options) for _ in range(layers))
            self.norm, self.projection = torch.nn.LayerNorm(WIDTH), torch.nn.Linear(WIDTH, DIM, bias=False)

        def forward(self, pictures):
            n, grid = pictures.shape[0], SIDE // PATCH
            x = pictures.to(self.token.dtype)
            if isinstance(self.patches, torch.nn.Conv2d):
                x = self.patches(x).flatten(2).transpose(1, 2)
            else:
                x = self.patches(x.reshape(n, 3, grid, PATCH, grid, PATCH).permute(0, 2, 4, 1, 3, 5).reshape(n, grid * grid, 3 * PATCH * PATCH))
            x = torch.cat([self.token.expand(n, 1, WIDTH), x], 1) + self.place
            for layer in self.layers:
                x = layer(x)
            x = {"class": lambda: x[:, 0], "last": lambda: x[:, -1], "mean": lambda: x.mean(1), "second": lambda: x[:, 1],
                 "two": lambda: x[:, 0] + x[:, -1], "both": lambda: x[:, 0] + x.mean(1), "part": lambda: x[:, 2:][:, 0],
                 "column": lambda: x.mean(1) * self.layers[0].out(x.mean(1))[:, 0].unsqueeze(1),
                 "pool": lambda: self.pool(x)[:, 0], "pool of many": lambda: self.pool(x)[:, 0], "causal pool": lambda: self.pool(x)[:, -1],
                 "keys of one": lambda: self.pool(x)[:, 0], "broadcast": lambda: (self.layers[0].out(x[:, :1]) + x)[:, 3]}[self.ending]()
            return self.projection(self.norm(x))

    kinds = {"class token": {}, "last token": {"ending": "last"}, "causal, last token": {"ending": "last", "causal": True},
             "causal, class token": {"causal": True}, "mean": {"ending": "mean"}, "second token": {"ending": "second"}, "two tokens": {"ending": "two"},
             "class token and mean": {"ending": "both"}, "first of a part": {"ending": "part"}, "a row added to all": {"ending": "broadcast"},
             "a column of a vector": {"ending": "column"}, "patches by a convolution": {"convolution": True}, "in place": {"in_place": True}, "in place, mean": {"in_place": True, "ending": "mean"},
             "one bias for all": {"narrow_bias": True},
             **{name: {"ending": name} for name in ("pool", "pool of many", "causal pool", "keys of one")}, "mask": {"masked": True}, "scale": {"scale": 0.5}, "the usual scale": {"scale": (WIDTH / HEADS) ** -0.5}, "heads interleaved": {"swapped": True}, "one layer": {"layers": 1},
             **{name: {"activation": name} for name in ("gelu", "tanh", "relu", "silu")}}
    for number, (name, options) in enumerate(kinds.items()):
        torch.manual_seed(number)
        tower = Tower(**options).eval()
        for parameter in tower.parameters():  # biases and norms that are not trivial
            parameter.data += 0.1 * torch.randn_like(parameter)
        yield name, tower


def exporter():
    spec = importlib.util.spec_from_file_location("export_model", HERE.parent.parent.parent / "scripts/export_model.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(export, tower, file):
    import torch
    description = export.check({"name": "tower", "architecture": "test", "dim": DIM, "input_size": SIDE, "resize_short": SIDE, "scale": 1 / 255, "interpolation": "bicubic",
                                "mean": [0.5] * 3, "deviation": [0.25] * 3})
    traced = torch.jit.trace(tower, torch.rand(2, 3, SIDE, SIDE), check_trace=False)
    fingerprint = export.fingerprint(export.floating(tower), description)
    export.write(torch, traced, {"format": 1, **description, "fingerprint": fingerprint}, str(file))


def main(programs, *_):
    require("torch", "numpy", "PIL")
    import numpy as np
    import torch
    from PIL import Image
    warnings.simplefilter("ignore")
    vidcv, export = Vidcv(programs), exporter()
    has_bf16 = "AVX-512" in vidcv.run("doctor", expect=None).stdout
    with tempfile.TemporaryDirectory() as scratch:
        scratch, noise = pathlib.Path(scratch), np.random.default_rng(0)
        files = [scratch / f"{i:02}.png" for i in range(PICTURES)]
        pictures = noise.integers(0, 256, (PICTURES, SIDE, SIDE, 3), dtype=np.uint8)
        for file, picture in zip(files, pictures):
            Image.fromarray(picture).save(file)
        tensor = ((torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255) - 0.5) / 0.25
        count = 0
        for name, tower in towers():
            with torch.inference_mode():
                expected = unit(tower.double()(tensor.double()).numpy())
            write(export, tower.float(), scratch / "tower.pt")

            def embed(*options):
                return vectors_of(vidcv.objects("embed", "--json", "--model", scratch / "tower.pt", *options, *files))
            plain = embed("--batch", 8, "--threads", 2)
            worst = np.abs(plain - expected).max()
            assert worst < 3e-6, f"{name}: {worst} from the sums in double"
            rough = np.abs(embed("--precision", "bf16") - expected).max() if has_bf16 else 0
            assert rough < 0.03, f"{name}: {rough} in bf16"
            for batch, threads in ((1, 1), (1, 3), (11, 2)):
                assert (embed("--batch", batch, "--threads", threads) == plain).all(), f"{name}: other bits with --batch {batch} --threads {threads}"
            count += 1
        print(f"{count} networks, {PICTURES} pictures: as LibTorch has them, to the bit in any batch and with any threads")


def unit(vectors):
    import numpy as np
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


main(*sys.argv[1:])
