#!/usr/bin/env python3
"""Holds every #include below lib/ and apps/ to the table of docs/architecture.md: what a layer may know of ours and of others'."""
import pathlib
import re
import sys

BELOW_PIPELINE = {"core", "media", "sampling", "clip", "matching", "store"}
OURS = {
    "core": {"core"},
    "cli": {"cli", "core"},
    "media": {"media", "core"},
    "sampling": {"sampling", "core"},
    "clip": {"clip", "core"},
    "matching": {"matching", "core"},
    "store": {"store", "core"},
    "pipeline": {"pipeline"} | BELOW_PIPELINE,
    "apps": {"cli", "pipeline"} | BELOW_PIPELINE,
}
# A header by its folder or name, and the layers that may include it.
OTHERS = {
    "CLI/": {"cli"},
    "nlohmann/": {"cli", "pipeline", "clip", "store", "apps"},
    "toml++/": {"core"},
    "openssl/": {"core"},
    "xxhash.h": {"core"},
    "fmt/": set(OURS),
    "libav": {"media"},
    "libsw": {"media"},
    "turbojpeg.h": {"media"},
    "libheif/": {"media"},
    "tiffio.h": {"media"},
    "seccomp.h": {"media"},
    "sys/resource.h": {"media", "apps"},
    # Other processes, and what holds them.
    **dict.fromkeys(("poll.h", "sched.h", "spawn.h", "sys/prctl.h", "sys/socket.h", "sys/syscall.h", "sys/wait.h", "linux/landlock.h"),
                    {"media"}),
    "hwy/": {"sampling", "clip", "matching"},
    "zip.h": {"clip"},
    "unicode/": {"clip"},
    "SQLiteCpp/": {"store"},
    "sqlite3.h": {"store"},
    "torch/": {"torch"},
    "ATen/": {"torch"},
    "c10/": {"torch"},
}
POSIX = {"unistd.h", "fcntl.h", "fnmatch.h", "dlfcn.h", "sys/ioctl.h", "sys/stat.h", "sys/statfs.h", "sys/vfs.h", "linux/magic.h", "errno.h", "malloc.h", "pwd.h", "sys/mman.h", "cpuid.h"}


def layer_of(path):
    if path.parts[0] == "apps":
        return "apps"
    return "torch" if path.parts[1:3] == ("clip", "torch") else path.parts[1]


def complaint(layer, header):
    if header.startswith("vidcv/"):
        allowed = OURS["clip" if layer == "torch" else layer]
        return None if header.split("/")[1] in allowed else f"{layer} may not know {header.split('/')[1]}"
    for prefix, layers in OTHERS.items():
        if header.startswith(prefix):
            return None if layer in layers or (layer == "torch" and "clip" in layers) else f"{layer} may not include {prefix}"
    is_standard = "/" not in header and "." not in header
    return None if is_standard or header in POSIX else "is in no table: add it to docs/architecture.md and to this test"


def main(root):
    root, seen, wrong = pathlib.Path(root), 0, []
    for path in sorted([*root.glob("lib/**/*.[ch]pp"), *root.glob("apps/**/*.[ch]pp")]):
        relative = path.relative_to(root)
        for number, line in enumerate(path.read_text().splitlines(), 1):
            match = re.match(r'\s*#\s*include\s*<([^>]+)>', line)
            if match:
                seen += 1
                if (why := complaint(layer_of(relative), match[1])):
                    wrong.append(f"{relative}:{number}: <{match[1]}>: {why}")
    print("\n".join(wrong) if wrong else f"{seen} includes follow the table")
    return 1 if wrong or seen < 100 else 0


sys.exit(main(sys.argv[1]))
