#!/usr/bin/env python3
"""Converts the weights of a CLIP model to safetensors, which `vidcv model import` reads.

usage: convert_weights.py WEIGHTS -o FILE.safetensors [--trust]

WEIGHTS is a PyTorch file (.pt, .pth, .bin), or a safetensors file. A state_dict in a training checkpoint is taken out, and what training left in front
of all names (`module.`, `model.`, `clip.`) is taken off. Needs torch and safetensors.

A PyTorch file is a pickle, and a pickle is a program: only the parts of it that hold numbers are run. A TorchScript archive, as OpenAI's own files are,
is run as it is; --trust says that its maker is trusted.
"""
import argparse
import os
import sys

KNOWN = ("visual.", "vision_model.")  # what the names of a vision tower begin with in open_clip and in transformers
HOLDERS = ("state_dict", "model_state_dict", "model", "module")


class Refusal(Exception):
    """Something is not as it should be; the message says what, and the way out."""


def read(file, trusted):
    import safetensors.torch
    import torch
    with open(file, "rb") as opened:
        magic = opened.read(2)
    if magic != b"PK" and magic[:1] != b"\x80":
        return safetensors.torch.load_file(file)
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as failure:  # torch has no class of its own for these
        if "TorchScript" not in str(failure):
            raise Refusal(f"{file}: PyTorch cannot read the numbers of it alone: {str(failure).splitlines()[0]}") from failure
    if not trusted:
        raise Refusal(f"{file}: a TorchScript archive, which is a program: --trust runs it, if its maker is trusted")
    return torch.jit.load(file, map_location="cpu").state_dict()


def tensors_of(loaded):
    """The tensors by name, whatever they are wrapped in."""
    import torch
    while isinstance(loaded, dict) and not any(isinstance(value, torch.Tensor) for value in loaded.values()):
        inner = next((loaded[name] for name in HOLDERS if isinstance(loaded.get(name), dict)), None)
        if inner is None:
            break
        loaded = inner
    tensors = {name: value for name, value in loaded.items() if isinstance(value, torch.Tensor)} if isinstance(loaded, dict) else {}
    if not tensors:
        raise Refusal("no tensors in it by name")
    return tensors


def prefix_of(names):
    """What is in front of the names of the vision tower."""
    for name in names:
        for known in KNOWN:
            place = name.find(known)
            if place == 0 or (place > 0 and name[place - 1] == "."):
                return name[:place]
    raise Refusal("no vision tower of CLIP in it: no name has a part visual. or vision_model.")


def convert(file, output, trusted):
    import safetensors.torch
    tensors = tensors_of(read(file, trusted))
    prefix = prefix_of(tensors)
    tensors = {name.removeprefix(prefix): tensor.clone().contiguous() for name, tensor in tensors.items()}
    part = output + ".part"
    try:
        safetensors.torch.save_file(tensors, part)
        os.replace(part, output)
    finally:
        if os.path.exists(part):
            os.unlink(part)
    return len(tensors), prefix


def main(argv):
    parser = argparse.ArgumentParser(prog="convert_weights.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", metavar="WEIGHTS")
    parser.add_argument("-o", "--output", metavar="FILE.safetensors", required=True)
    parser.add_argument("--trust", action="store_true", help="run a TorchScript archive")
    options = parser.parse_args(argv)
    try:
        count, prefix = convert(options.weights, options.output, options.trust)
    except (Refusal, OSError, ImportError) as failure:
        sys.exit(f"convert_weights.py: {failure}")
    print(f"{options.output}: {count} tensors" + (f", without {prefix} in front" if prefix else ""))


if __name__ == "__main__":
    main(sys.argv[1:])
