#!/usr/bin/env python3
"""check_layers.py ROOT [--print]: holds every #include below lib/ and apps/ to the layer table of docs/architecture.md, and the rooms of lib/
(the folders of each layer's sources) to having no circle among them. --print prints the rooms, lowest first, with those that each includes.

Headers of a layer whose sources lie in no room are its face, which its own rooms may include.
"""
import collections
import pathlib
import re
import sys

# Open to all layers, beside the standard library and {fmt}.
POSIX = {"unistd.h", "fcntl.h", "fnmatch.h", "dlfcn.h", "sys/ioctl.h", "sys/stat.h", "sys/statfs.h", "sys/vfs.h", "linux/magic.h", "errno.h", "malloc.h", "pwd.h",
         "sys/mman.h", "cpuid.h"}
INCLUDE = re.compile(r'\s*#\s*include\s*([<"])([^>"]+)[>"]')


def read_table(page):
    """Layer -> (our layers, prefixes of others' headers), from the rows `| `lib/NAME/` | holds | ours | others |`."""
    table = {}
    for line in page.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        place = re.match(r"`(?:lib/)?(apps|[\w/]+?)/(?:<command>/)?`", cells[0])
        if len(cells) == 4 and place:
            ours = set(re.findall(r"\w+", cells[2])) - {"and"}
            table[place[1]] = (ours | {place[1].split("/")[0]}, tuple(re.findall(r"`([^`]+)`", cells[3])))
    return table


class Source:
    def __init__(self, root, path):
        self.relative = path.relative_to(root)
        parts = self.relative.parts
        self.layer = "apps" if parts[0] == "apps" else "clip/torch" if parts[1:3] == ("clip", "torch") else parts[1]
        self.folder = "/".join(parts[3:-1]) if parts[0] == "lib" and parts[2] == "src" else ""
        self.room = f"{self.layer}/{self.folder}" if self.folder else self.layer
        self.includes = [(number, match[1], match[2]) for number, line in enumerate(path.read_text().splitlines(), 1) if (match := INCLUDE.match(line))]


def complaint(source, quote, header, table):
    if quote == '"':
        return "leaves its folder: name it from the layer's src" if header.startswith("..") else None
    ours, others = table[source.layer]
    if header.startswith("vidcv/"):
        layer = header.split("/")[1]
        return None if layer in ours else f"{source.layer} may not include {layer}"
    is_standard = "/" not in header and "." not in header
    is_open = is_standard or header in POSIX or header.startswith("fmt/") and source.layer != "clip/torch"
    return None if is_open or header.startswith(others) else f"{source.layer} may not include it, by docs/architecture.md"


def rooms_of(sources):
    """Room -> the rooms that it includes, with one include each that says so."""
    home = {}
    for source in sources:
        if source.relative.parts[0] == "lib" and source.relative.parts[2] != "include":
            home.setdefault((source.relative.parts[1], source.relative.stem), source.room)
    graph = collections.defaultdict(dict)
    for source in sources:
        if source.layer == "apps":
            continue
        own = home.get((source.relative.parts[1], source.relative.stem), source.room)
        graph[own]
        for number, quote, header in source.includes:
            layer = source.relative.parts[1]
            if match := re.match(r"vidcv/(\w+)/(\w+)\.hpp", header):
                room = home.get((match[1], match[2]), match[1])
                if match[1] == layer and "/" not in room:
                    continue  # the layer's face
            elif quote == '"':
                room = home.get((layer, pathlib.Path(header).stem), layer)
            else:
                continue
            if room != own:
                graph[own].setdefault(room, f"{source.relative}:{number}")
    return graph


def lowest_first(graph):
    """The rooms in an order in which each includes earlier ones alone, and what is left over: circles."""
    order, left = [], {room: set(others) for room, others in graph.items()}
    while ready := sorted(room for room, others in left.items() if not others & set(left)):
        order += ready
        for room in ready:
            del left[room]
    return order, left


def main(root, *options):
    root = pathlib.Path(root)
    table = read_table(root / "docs/architecture.md")
    sources = [Source(root, path) for path in sorted([*root.glob("lib/**/*.[ch]pp"), *root.glob("apps/**/*.[ch]pp")])]
    wrong = [f"{source.relative}:{number}: {header}: {why}" for source in sources for number, quote, header in source.includes
             if (why := complaint(source, quote, header, table))]
    graph = rooms_of(sources)
    order, circle = lowest_first(graph)
    wrong += [f"{graph[room][other]}: {room} and {other} include each other, maybe through others" for room in circle for other in circle[room] & set(circle)]
    if "--print" in options:
        print("\n".join(f"{room:<18} {' '.join(sorted(graph[room], key=lambda other: (order + [*circle]).index(other)))}".rstrip() for room in order))
    count = sum(len(source.includes) for source in sources)
    print("\n".join(wrong) if wrong else f"{count} includes of {len(graph)} rooms follow the table, without a circle")
    return 1 if wrong or count < 100 or len(table) < 10 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
