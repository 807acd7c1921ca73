#!/usr/bin/env python3
"""How well `vidcv appear` tells things apart: precision, recall, F1 and average precision on clips of which the truth is known.

usage: bench_appear.py PROGRAMS MODEL CLIPS FOLDER [CURVE.svg]

CLIPS is a folder of clips that show different things: no two of the same film. Assets are frames at 0.3 and 0.7 of a clip, which sampling does not
take. FOLDER is replaced; the sets of clips are made there:

one clip     the clips as they are: each asset is in the clip that it was cut from
title cards  beside them 16 clips of words on black or white ground, with two assets each
three clips  clips of 3 s, and heroes: 2 s around an asset of another clip are put into three of them; a hero's own clip is not counted
half         the same, each of four heroes in half of the clips
copies       beside the clips their copies: smaller, darker, cropped by a tenth
blank        beside the clips black, gray, gradients and fades, and blank assets, which are in no clip
quarters     a quarter of an asset's area is looked for, with --regions

A pair of asset and clip counts as found where a frame of the clip shows the asset. Each set is matched by thresholds alone (--distinctness -1, as
vidcv did before it knew distinctness) and by the default. Intervals are those of 95% over 1000 draws of assets. Average precision ranks all pairs by
cosine and by distinctness, which is worked out here again from the vectors in the database and compared with what vidcv says.
Needs Pillow and numpy, and the ffmpeg program.
"""
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys

import numpy
from PIL import Image, ImageDraw, ImageFont, ImageStat

LEAST_DEVIATION = 25  # of a quarter's gray levels
WORDS = ("the night river silent city of stars directed by produced ann marsh written original music costume design studio presents a film edited "
         "paris winter last summer three years later chapter one episode somewhere north bridge kate olsen david brown all rights reserved").split()
SCALE = "scale=640:360:force_original_aspect_ratio=decrease,pad=640:360:-1:-1,setsar=1,fps=24,format=yuv420p"
ENCODE = ("-an", "-c:v", "libx264", "-preset", "veryfast")


def run(programs, *arguments):
    return subprocess.run([programs / "vidcv", *map(str, arguments)], check=False, capture_output=True, text=True).stdout


def objects(programs, kind, *arguments):
    lines = (json.loads(line) for line in run(programs, arguments[0], "--json", *arguments[1:]).splitlines())
    return [value for value in lines if value["type"] == kind]


def ffmpeg(*arguments):
    subprocess.run(["ffmpeg", "-v", "error", "-y", *map(str, arguments)], check=True)


def duration_of(programs, clip):
    facts = objects(programs, "clip", "sample", clip)
    return facts[0]["duration_sec"] if facts else None


class Asset:
    """A picture, the clips that show it, and for a hero where in its film it was cut."""

    def __init__(self, tag, picture, film, time):
        self.tag, self.picture, self.film, self.time = tag, picture, film, time


def cut_assets(programs, clip, folder):
    """Up to two frames of a clip."""
    duration = duration_of(programs, clip)
    for number, share in enumerate((0.3, 0.7) if duration is not None else ()):
        out = folder / f"{clip.stem}-{number}"
        run(programs, "sample", "--at", f"{duration * share:.3f}", "--out", out, "--format", "png", clip)
        pictures = sorted(out.rglob("*.png"))
        if pictures:
            yield Asset(f"{clip.stem}/{number}", pictures[0], clip, duration * share)


def quarter_of(asset, numbers):
    """A quarter of the picture's area with something in it."""
    picture = Image.open(asset.picture).convert("RGB")
    width, height = picture.width // 2, picture.height // 2
    for _ in range(50):
        x, y = numbers.randint(0, picture.width - width), numbers.randint(0, picture.height - height)
        box = (x, y, x + width, y + height)
        if ImageStat.Stat(picture.convert("L").crop(box)).stddev[0] >= LEAST_DEVIATION:
            part = asset.picture.with_name("part.png")
            picture.crop(box).save(part)
            return Asset(asset.tag, part, asset.film, box)
    return None


def title_card(number, folder, numbers):
    light = number % 3 == 2
    card = Image.new("RGB", (640, 360), (255, 255, 255) if light else (0, 0, 0))
    draw, size = ImageDraw.Draw(card), numbers.choice((22, 30, 40, 60))
    font = ImageFont.load_default(size)
    lines = [" ".join(numbers.choice(WORDS) for _ in range(numbers.randint(1, 4))) for _ in range(numbers.choice((1, 1, 2, 3, 6)))]
    y = (360 - size * 1.3 * len(lines)) / 2
    for line in map(str.upper, lines) if numbers.random() < 0.5 else lines:
        draw.text(((640 - draw.textlength(line, font=font)) / 2, y), line, font=font, fill=(20, 20, 20) if light else (240, 240, 240))
        y += size * 1.3
    still, clip = folder / f"title-{number}.png", folder / f"title-{number}.mp4"
    card.save(still)
    ffmpeg("-loop", 1, "-t", 2, "-r", 24, "-i", still, "-vf", "fade=in:0:12,format=yuv420p", *ENCODE, clip)
    return clip


def with_heroes(clip, heroes, out):
    """The first 3 s of a clip, then 2 s around the moment of each hero."""
    inputs = ["-t", "3", "-i", clip]
    for hero in heroes:
        inputs += ["-ss", f"{max(0, hero.time - 1):.3f}", "-t", "2", "-i", hero.film]
    chains = [f"[{i}:v:0]{SCALE}[v{i}]" for i in range(len(heroes) + 1)]
    joined = "".join(f"[v{i}]" for i in range(len(heroes) + 1)) + f"concat=n={len(heroes) + 1}:v=1[v]"
    ffmpeg(*inputs, "-filter_complex", ";".join([*chains, joined]), "-map", "[v]", *ENCODE, out)


def hero_set(clips, assets, folder, count, share_of_clips, numbers):
    """Clips into which heroes are put. Returns clips, assets and which clips show which asset."""
    folder.mkdir()
    heroes = numbers.sample(assets, count)
    places = {hero.tag: numbers.sample([c for c in clips if c != hero.film], share_of_clips) for hero in heroes}
    truth, made = {asset.tag: set() for asset in assets}, []
    for clip in clips:
        inside = [hero for hero in heroes if clip in places[hero.tag]]
        out = folder / f"{clip.stem}.mp4"
        with_heroes(clip, inside, out)
        made.append(out)
        for hero in inside:
            truth[hero.tag].add(clip.stem)
    return made, heroes, {hero.tag: truth[hero.tag] for hero in heroes}


def copies_of(clips, folder):
    folder.mkdir()
    for clip in clips:
        ffmpeg("-i", clip, "-map", "0:v:0", "-vf", f"crop=iw*0.95:ih*0.95,eq=brightness=-0.08,{SCALE}", *ENCODE, folder / f"{clip.stem}-copy.mp4")
        yield folder / f"{clip.stem}-copy.mp4"


def blank_set(folder):
    folder.mkdir()
    sources = {"black": "color=black", "gray": "color=gray", "gradient": "gradients=c0=black:c1=white:nb_colors=2:x0=0:y0=0:x1=640:y1=0",
               "fade": "smptebars,fade=out:0:4,trim=start_frame=3,eq=contrast=0.02"}
    for name, source in sources.items():
        graph, _, effects = source.partition(",")
        ffmpeg("-f", "lavfi", "-i", f"{graph}{'=' if '=' not in graph else ':'}s=640x360:r=24:d=2", *(("-vf", effects) if effects else ()),
               "-pix_fmt", "yuv420p", *ENCODE, folder / f"{name}.mp4")
        yield folder / f"{name}.mp4"


class Pairs:
    """Which clips vidcv says an asset is in, and the scores of all pairs."""

    def __init__(self, programs, model, database, assets, clips, *options):
        for asset in assets:
            run(programs, "asset", "add", "--db", database, asset.tag, asset.picture)
        self.old = self.found(programs, "--db", database, "--model", model, "--distinctness", -1, *options, *clips)
        self.new = self.found(programs, "--db", database, "--model", model, *options, *clips)
        self.cosine, self.distinctness = self.work_out(database, {a.tag for a in assets}, bool(options))

    def found(self, programs, *arguments):
        lines = [json.loads(line) for line in run(programs, "appear", "--json", *arguments).splitlines()]
        stems = {o["scene_index"]: pathlib.Path(o["path"]).stem for o in lines if o["type"] == "scene"}
        best = {}
        for row in (o for o in lines if o["type"] == "appearance"):
            pair = row["tag"], stems[row["scene_index"]]
            best[pair] = max(best.get(pair, (-2, None)), (row["confidence"], row["distinctness"]), key=lambda v: v[0])
        return best

    def work_out(self, database, tags, regions):
        """By the formula of docs/appear.md, from the vectors."""
        with sqlite3.connect(database) as connection:
            def vectors(query):
                return [(*row[:-1], numpy.frombuffer(row[-1], "<f4").astype(float)) for row in connection.execute(query)]
            assets = {tag: v for tag, v in vectors("SELECT a.manifest_tag, v.embedding FROM vidcv_asset_vectors v JOIN assets a ON a.id = v.asset_id "
                                                   "WHERE NOT v.blank") if tag in tags}
            plates = numpy.array([v for _, v in vectors("SELECT plate, embedding FROM vidcv_plates ORDER BY plate")])
            frames = vectors("SELECT m.path, e.embedding FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id AND NOT f.blank "
                             "JOIN vidcv_embeddings e ON e.frame_id = f.id")
            if regions:
                frames += vectors("SELECT m.path, r.embedding FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id AND NOT f.blank "
                                  "JOIN vidcv_regions r ON r.frame_id = f.id WHERE r.embedding IS NOT NULL")
            scenes = {path for path, in connection.execute("SELECT local_path FROM video_clips")}
        clips = {}
        for path, vector in frames:
            if path in scenes:
                clips.setdefault(pathlib.Path(path).stem, []).append(vector)
        clips = {stem: numpy.array(some) for stem, some in clips.items()}
        cosine, distinct = {}, {}
        for tag, vector in assets.items():
            scores = {stem: float((some @ vector).max()) for stem, some in clips.items()}
            level = numpy.sort(plates @ vector)[-3:].mean()
            others = sorted(s for s in scores.values() if not (s >= 0.65 and (s - level) / (1 - level) >= 0.4))[-3:]
            level = max(level, numpy.mean(others)) if others else level
            for stem, score in scores.items():
                cosine[tag, stem], distinct[tag, stem] = score, (score - level) / (1 - level)
        return cosine, distinct


def counts(found, truth):
    """By asset: found and right, found, right."""
    return {tag: (sum((tag, clip) in found for clip in clips), sum(pair[0] == tag for pair in found), len(clips)) for tag, clips in truth.items()}


def rates(rows):
    hits, found, right = (sum(column) for column in zip(*rows))
    precision, recall = hits / found if found else 1.0, hits / right if right else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def with_interval(found, truth, numbers):
    rows = list(counts(found, truth).values())
    drawn = sorted(zip(*(rates(numbers.choices(rows, k=len(rows))) for _ in range(1000))), key=lambda _: 0)
    bounds = [(sorted(column)[25], sorted(column)[974]) for column in drawn]
    return " ".join(f"{value:.2f} ({low:.2f}-{high:.2f})" for value, (low, high) in zip(rates(rows), bounds))


def average_precision(scores, truth):
    right, hits, total = sum(map(len, truth.values())), 0, 0.0
    for rank, (tag, clip) in enumerate(sorted((p for p in scores if p[0] in truth), key=scores.get, reverse=True), 1):
        if clip in truth[tag]:
            hits += 1
            total += hits / rank
    return total / right if right else float("nan")


def draw(curves, file):
    """Precision over recall as SVG, by cosine and by distinctness."""
    side, edge = 420, 50
    colours = ("#7fb2d8", "#1b6ca8")
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{side + 2 * edge}" height="{side + 2 * edge + 40}" font-family="sans-serif" '
             'font-size="12"><rect width="100%" height="100%" fill="white"/>']
    for i in range(0, 11, 2):
        x, y = edge + i / 10 * side, edge + (1 - i / 10) * side
        lines.append(f'<path d="M{x},{edge} V{edge + side} M{edge},{y} H{edge + side}" stroke="#dddddd"/><text x="{x}" y="{edge + side + 16}" '
                     f'text-anchor="middle">{i / 10}</text><text x="{edge - 6}" y="{y + 4}" text-anchor="end">{i / 10}</text>')
    lines.append(f'<text x="{edge + side / 2}" y="{edge + side + 34}" text-anchor="middle">recall</text><text x="16" y="{edge + side / 2}" '
                 f'transform="rotate(-90 16 {edge + side / 2})" text-anchor="middle">precision</text>')
    for row, (name, (scores, truth)) in enumerate(curves.items()):
        right, hits, points = sum(map(len, truth.values())), 0, []
        for rank, (tag, clip) in enumerate(sorted(scores, key=scores.get, reverse=True), 1):
            if clip in truth[tag]:
                hits += 1
                points.append(f"{edge + hits / right * side:.1f},{edge + (1 - hits / rank) * side:.1f}")
        y = edge + side + 54 + 18 * row
        lines.append(f'<polyline points="{" ".join(points)}" fill="none" stroke="{colours[row]}" stroke-width="2"/>'
                     f'<rect x="{edge}" y="{y - 9}" width="20" height="4" fill="{colours[row]}"/><text x="{edge + 28}" y="{y - 3}">{name}</text>')
    file.write_text("\n".join([*lines, "</svg>", ""]))


def report(name, pairs, truth, numbers, unclear=frozenset()):
    for scores in (pairs.old, pairs.new, pairs.cosine, pairs.distinctness):
        for pair in unclear & set(scores):
            del scores[pair]
    wrong = [pair for pair, (_, said) in pairs.new.items() if said is not None and abs(said - pairs.distinctness[pair]) > 1e-5]
    if wrong:
        sys.exit(f"{name}: the distinctness that vidcv says is not that of the formula: {wrong[:3]}")
    print(name, sum(map(len, truth.values())), len(pairs.cosine), with_interval(pairs.old, truth, numbers), with_interval(pairs.new, truth, numbers),
          f"{average_precision(pairs.cosine, truth):.3f}", f"{average_precision(pairs.distinctness, truth):.3f}", sep="\t", flush=True)
    for tag, clip in sorted(set(pairs.new) - {(tag, clip) for tag, clips in truth.items() for clip in clips}):
        print(f"    false: {tag} in {clip}: {pairs.new[tag, clip][0]:.2f}, distinctness {pairs.new[tag, clip][1]:.2f}")
    for tag, clip in sorted({(tag, clip) for tag, clips in truth.items() for clip in clips} - set(pairs.new)):
        print(f"    missed: {tag} in {clip}: {pairs.cosine.get((tag, clip), float('nan')):.2f}")


def main(programs, model, clips, folder, curve=None):
    programs, folder, numbers = pathlib.Path(programs).resolve(), pathlib.Path(folder), random.Random(1)
    clips = sorted(path for path in pathlib.Path(clips).iterdir() if path.is_file())
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    assets = [asset for clip in clips for asset in cut_assets(programs, clip, folder)]
    own = {asset.tag: {asset.film.stem} for asset in assets}
    print("set\tright pairs\tpairs\tprecision, recall, F1 by thresholds alone\tby default\tAP of the cosine\tAP of distinctness")

    one = Pairs(programs, model, folder / "one.db", assets, clips)
    report("one clip", one, own, numbers)
    (folder / "titles").mkdir()
    titles = [title_card(i, folder / "titles", numbers) for i in range(16)]
    title_assets = [asset for clip in titles for asset in cut_assets(programs, clip, folder)]
    truth = {**own, **{asset.tag: {asset.film.stem} for asset in title_assets}}
    both = Pairs(programs, model, folder / "titles.db", assets + title_assets, clips + titles)
    report("title cards", both, truth, numbers)
    if curve:
        draw({"cosine": (both.cosine, truth), "distinctness": (both.distinctness, truth)}, pathlib.Path(curve))
    for name, count, share in (("three clips", min(12, len(assets)), 3), ("half", 4, len(clips) // 2)):
        made, heroes, truth = hero_set(clips, assets, folder / name.replace(" ", "-"), count, share, numbers)
        unclear = {(hero.tag, hero.film.stem) for hero in heroes}  # the first 3 s of a hero's own film may show him
        report(name, Pairs(programs, model, folder / f"{count}.db", heroes, made), truth, numbers, unclear)
    copies = list(copies_of(clips, folder / "copies"))
    truth = {asset.tag: {asset.film.stem, f"{asset.film.stem}-copy"} for asset in assets}
    report("copies", Pairs(programs, model, folder / "copies.db", assets, clips + copies), truth, numbers)
    blanks = list(blank_set(folder / "blank"))
    blank_assets = [Asset(f"blank/{clip.stem}", clip, clip, 0) for clip in blanks]
    truth = {**own, **{asset.tag: set() for asset in blank_assets}}
    report("blank", Pairs(programs, model, folder / "blank.db", assets + blank_assets, clips + blanks), truth, numbers)
    quarters = [quarter for asset in assets if (quarter := quarter_of(asset, numbers))]
    truth = {asset.tag: {asset.film.stem} for asset in quarters}
    report("quarters", Pairs(programs, model, folder / "quarters.db", quarters, clips, "--regions"), truth, numbers)


main(*sys.argv[1:])
