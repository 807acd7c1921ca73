#!/usr/bin/env python3
"""How well `vidcv appear` finds what was cut out of real clips: precision and recall over thresholds, and how well the boxes sit.

usage: bench_appear.py PROGRAMS MODEL CLIPS FOLDER [CURVE.svg]

CLIPS is a folder of clips that show different things: no two of the same film. Two assets are cut out of each, from 0.3 and 0.7 of its length,
neither of which sampling takes: the whole frame, and a quarter of its area from a place that a fixed sequence of numbers gives. Every asset is
looked for in every clip. A pair of asset and clip is right where the one was cut out of the other, and counts as found where any frame of the clip
reaches the threshold; with a margin, only frames whose best asset it is. FOLDER is replaced.
Needs Pillow in the Python that runs this.
"""
import json
import pathlib
import random
import shutil
import subprocess
import sys

from PIL import Image, ImageStat

LEAST_DEVIATION = 25  # of a crop's gray levels: about twice what counts as blank
THRESHOLDS = [i / 100 for i in range(20, 100)]
COLOURS = {"whole frames": "#1b6ca8", "whole frames, best asset of each frame": "#7fb2d8", "quarters": "#b5651d",
           "quarters, --regions": "#2e7d32", "quarters, --regions, best asset of each frame": "#8bc48e"}


def run(programs, *arguments):
    return subprocess.run([programs / "vidcv", *map(str, arguments)], check=False, capture_output=True, text=True).stdout


def objects(programs, kind, *arguments):
    lines = (json.loads(line) for line in run(programs, arguments[0], "--json", *arguments[1:]).splitlines())
    return [value for value in lines if value["type"] == kind]


def cut_box(picture, numbers):
    """A quarter of the area, with something in it."""
    width, height = picture.width // 2, picture.height // 2
    for _ in range(50):
        x, y = numbers.randint(0, picture.width - width), numbers.randint(0, picture.height - height)
        box = (x, y, x + width, y + height)
        if ImageStat.Stat(picture.convert("L").crop(box)).stddev[0] >= LEAST_DEVIATION:
            return box
    return None


def cut_assets(programs, clip, folder, numbers):
    """Up to two frames of a clip, each as (tag, picture of the whole, picture of a part, its box)."""
    facts = objects(programs, "clip", "sample", clip)
    for number, share in enumerate((0.3, 0.7) if facts else ()):
        out = folder / f"{clip.stem}-{number}"
        run(programs, "sample", "--at", f"{facts[0]['duration_sec'] * share:.3f}", "--out", out, "--format", "png", clip)
        pictures = sorted(out.rglob("*.png"))
        picture = Image.open(pictures[0]).convert("RGB") if pictures else None
        box = picture and cut_box(picture, numbers)
        if not box:
            continue
        part = out / "part.png"
        picture.crop(box).save(part)
        yield f"{clip.stem}/{number}", pictures[0], part, box


def find(programs, model, database, assets, clips, *options):
    """The best score and box of each (tag, clip), and the best among the frames whose best asset it is."""
    for tag, picture in assets:
        run(programs, "asset", "add", "--db", database, tag, picture)
    best, leading = {}, {}
    rows = objects(programs, "appearance", "appear", "--db", database, "--model", model, "--threshold", "-1", *options, *clips)
    stems = {scene["scene_index"]: pathlib.Path(scene["path"]).stem
             for scene in objects(programs, "scene", "appear", "--db", database, "--model", model, "--threshold", "-1", *options, *clips)}
    for row in rows:
        pair = row["tag"], stems[row["scene_index"]]
        value = row["confidence"], row["bbox"]
        best[pair] = max(best.get(pair, (-2, None)), value, key=lambda v: v[0])
        if row["margin"] is None or row["margin"] >= 0:
            leading[pair] = max(leading.get(pair, (-2, None)), value, key=lambda v: v[0])
    return best, leading


def right(pair):
    return pair[0].rsplit("/", 1)[0] == pair[1]


def precision_recall(scores, threshold, assets):
    found = [pair for pair, (score, _) in scores.items() if score >= threshold]
    hits = sum(map(right, found))
    return (hits / len(found) if found else 1.0), hits / assets


def overlap(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(0, width) * max(0, height)
    return common / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common)


def draw(curves, assets, file):
    """The curves as SVG: recall to the right, precision upwards."""
    side, edge = 420, 50

    def point(precision, recall):
        return f"{edge + recall * side:.1f},{edge + (1 - precision) * side:.1f}"

    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 2 * edge}" height="{side + 2 * edge + 20 * len(curves)}" '
             'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>']
    for i in range(0, 11, 2):
        at = i / 10
        lines.append(f'<path d="M{point(0, at)} L{point(1, at)} M{point(at, 0)} L{point(at, 1)}" stroke="#dddddd"/>'
                     f'<text x="{edge + at * side}" y="{edge + side + 16}" text-anchor="middle">{at}</text>'
                     f'<text x="{edge - 6}" y="{edge + (1 - at) * side + 4}" text-anchor="end">{at}</text>')
    lines.append(f'<text x="{edge + side / 2}" y="{edge + side + 34}" text-anchor="middle">recall</text>'
                 f'<text x="16" y="{edge + side / 2}" transform="rotate(-90 16 {edge + side / 2})" text-anchor="middle">precision</text>')
    for row, (name, scores) in enumerate(curves.items()):
        points = " ".join(point(*precision_recall(scores, t, assets)) for t in THRESHOLDS)
        mark = point(*precision_recall(scores, 0.65, assets)).split(",")
        y = edge + side + 54 + 20 * row
        lines.append(f'<polyline points="{points}" fill="none" stroke="{COLOURS[name]}" stroke-width="2"/>'
                     f'<circle cx="{mark[0]}" cy="{mark[1]}" r="4" fill="{COLOURS[name]}"/>'
                     f'<rect x="{edge}" y="{y - 9}" width="20" height="4" fill="{COLOURS[name]}"/><text x="{edge + 28}" y="{y - 3}">{name}</text>')
    file.write_text("\n".join([*lines, "</svg>", ""]))


def main(programs, model, clips, folder, curve=None):
    programs, folder, numbers = pathlib.Path(programs).resolve(), pathlib.Path(folder), random.Random(1)
    clips = sorted(path for path in pathlib.Path(clips).iterdir() if path.is_file())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    assets = [asset for clip in clips for asset in cut_assets(programs, clip, folder, numbers)]
    print(f"{len(assets)} assets, {len(clips)} clips")
    whole = find(programs, model, folder / "whole.db", [(tag, picture) for tag, picture, _, _ in assets], clips)
    parts = [(tag, part) for tag, _, part, _ in assets]
    plain = find(programs, model, folder / "parts.db", parts, clips)
    regions = find(programs, model, folder / "regions.db", parts, clips, "--regions")
    curves = dict(zip(COLOURS, (*whole, plain[0], *regions)))
    print("set\tthreshold\tprecision\trecall")
    for name, scores in curves.items():
        for threshold in (0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85):
            print(name, f"{threshold:.2f}", *(f"{x:.2f}" for x in precision_recall(scores, threshold, len(assets))), sep="\t")
    boxes = {tag: box for tag, _, _, box in assets}
    overlaps = sorted(overlap(box, boxes[pair[0]]) for pair, (_, box) in regions[0].items() if right(pair) and box)
    print(f"boxes of {len(overlaps)} right pairs, overlap (intersection over union) with where the part was cut: "
          f"median {overlaps[len(overlaps) // 2]:.2f}, a quarter above {overlaps[len(overlaps) * 3 // 4]:.2f}")
    wrong = sorted(((score, *pair) for pair, (score, _) in whole[1].items() if not right(pair)), reverse=True)[:8]
    print("the most alike of different clips:", *(f"{score:.2f} {tag} in {clip}" for score, tag, clip in wrong), sep="\n  ")
    if curve:
        draw(curves, len(assets), pathlib.Path(curve))


main(*sys.argv[1:])
