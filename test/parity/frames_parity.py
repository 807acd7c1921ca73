#!/usr/bin/env python3
"""Numbers and times of all policies are those of a sequential decode by PyAV.

usage: frames_parity.py PROGRAMS FIXTURES [FILE...]   FILEs are compared too

The clips are those of the fixtures and, where the folder is there, the real ones of VIDCV_TEST_MEDIA (../shared/media/video). What PyAV
gives is taken as it is but for the rules in `frames_of`, and the clips of FRAME_LATE: docs/parity.md lists both.
"""
import os
import pathlib
import random
import sys

from support import HERE, Vidcv, require

MEDIA = pathlib.Path(os.environ.get("VIDCV_TEST_MEDIA", HERE.parent.parent.parent / "shared/media/video"))
KINDS = {".3gp", ".264", ".asf", ".avi", ".flv", ".ivf", ".m2v", ".mkv", ".mov", ".mp4", ".mpg", ".mts", ".ogv", ".ts", ".webm"}
RESTART, LEAP = 1.0, 10.0  # seconds: see "A clock that starts again" in docs/sample.md

# Clips of a constant rate of which FFmpeg 6.1 times the first frame by its presentation time and the others, whose packets have none, by
# decoding times, which are a frame later.
FRAME_LATE = {"mpeg2-150f.asf", "mpeg1-elementary-240p.mpg"}


class Clip:
    """The frames of a clip in presentation order, and when the last one leaves the screen."""

    def __init__(self, times, keys, tick, end):
        self.times, self.keys, self.tick, self.end = times, keys, tick, end

    def on_screen(self, time):
        """The number of the frame that is on the screen: half a tick of a fine clock is allowed for rounding."""
        allowed = self.tick / 2 if self.tick < 0.005 else 1e-9
        return max((n for n, t in enumerate(self.times) if t <= time + allowed), default=0)


def video_stream(container):
    """The first one that is not cover art, of which FFmpeg makes a stream of 90000 pictures a second."""
    return next((s for s in container.streams.video if not (s.base_rate == 90000 and s.average_rate is None)), None)


def decoded(path):
    """What PyAV says: (stamp or None, whether it is a keyframe) of each frame, lengths by stamp, the tick, the rate, the format's name."""
    import av

    with av.open(str(path)) as container:
        stream = video_stream(container)
        if stream is None:
            return None
        stream.thread_type = "NONE"
        frames, lengths = [], {}
        for packet in container.demux(stream):
            lengths[packet.pts] = packet.duration
            try:
                frames += [(frame.pts, bool(frame.key_frame)) for frame in packet.decode()]
            except av.error.FFmpegError:
                continue
        return frames, lengths, float(stream.time_base), stream.guessed_rate, container.format.name


def continued(stamps, tick, may_leap):
    """Stamps of a clock that starts again, or leaps, as if it went on by the mean step."""
    result, shift, newest = [], 0, None
    for stamp in stamps:
        value = stamp - stamps[0] + shift
        if newest is not None and (value < newest - RESTART / tick or (may_leap and value > newest + LEAP / tick)):
            follows = newest + min(newest / (len(result) - 1), LEAP / tick)
            shift, value = shift + follows - value, follows
        newest = value if newest is None else max(newest, value)
        result.append(value)
    return result


def in_order(stamps):
    """Sorted, and a tick later than the one before where two are the same."""
    result = []
    for stamp in sorted(stamps):
        result.append(stamp if not result or stamp > result[-1] else result[-1] + 1)
    return result


def frames_of(path):
    """The clip by PyAV and these rules: a raw stream is timed by its rate, time goes on, stamps are in order and no two are the same."""
    found = decoded(path)
    if not found or not found[0]:
        return None
    frames, lengths, tick, rate, name = found
    keys = [key for _, key in frames]
    if path.name in FRAME_LATE or all(stamp is None for stamp, _ in frames):
        step = float(1 / rate)
        times = [n * step for n in range(len(frames))]
        return Clip(times, keys, tick, times[-1] + step)
    assert all(stamp is not None for stamp, _ in frames), f"{path.name}: PyAV gives only some frames a time"
    stamps = in_order(continued([stamp for stamp, _ in frames], tick, name in ("mpegts", "mpeg")))
    times = [(stamp - stamps[0]) * tick for stamp in stamps]
    length = (lengths.get(frames[-1][0]) or 0) * tick
    return Clip(times, keys, tick, times[-1] + (length or (times[-1] / (len(times) - 1) if len(times) > 1 else 0)))


def every(clip, step):
    picks, time, k = [], 0.0, 0
    while time < max(clip.end - clip.tick / 2, 1e-12) or time <= clip.times[-1]:
        picks.append(clip.on_screen(time))
        k += 1
        time = k * step
    return sorted(set(picks))


def spread(clip, count):
    """A middle may fall on the start of a frame, and FFmpeg's versions round the length of the last one differently: either frame will do."""
    def middles(end):
        return sorted({clip.on_screen(min((i + 0.5) * end / count, clip.times[-1])) for i in range(count)})
    return Either(middles(end) for end in (clip.end, clip.end - clip.tick, clip.end + clip.tick))


class Either(list):
    """The first of several choices, equal to any of them."""

    def __init__(self, choices):
        self.choices = list(choices)
        super().__init__(self.choices[0])

    def __ne__(self, other):
        return other not in self.choices


def keyframes(clip):
    return [n for n, key in enumerate(clip.keys) if key] or [0]


def base(clip):
    """The first frame, those on the screen at 2, 4 and 6 s, and the last one."""
    return sorted({clip.on_screen(time) for time in (0, 2, 4, 6)} | {0, len(clip.times) - 1})


def bases(clip):
    """As base() in clips of up to 10 s; in longer ones every 2 s, and the last one."""
    allowed = clip.tick / 2 if clip.tick < 0.005 else 1e-9
    if clip.times[-1] <= 10 + allowed:
        return base(clip)
    return sorted({clip.on_screen(time) for time in range(0, int(clip.times[-1]) + 1, 2)} | {len(clip.times) - 1})


def asked(clip, numbers, times):
    """The last frame is on the screen at its end, too."""
    return sorted({n for n in numbers if n < len(clip.times)} | {clip.on_screen(t) for t in times if t <= clip.end + clip.tick / 2})


def policies():
    """Options, and the numbers that they give by PyAV; None where the choice depends on the pictures."""
    chance = random.Random(3)
    some = sorted(round(chance.uniform(0, 2), 4) for _ in range(3))
    return [
        (["--policy", "every", "--every", "0.001"], lambda clip: list(range(len(clip.times)))),
        (["--policy", "every", "--every", "0.7"], lambda clip: every(clip, 0.7)),
        (["--policy", "count", "--count", "7"], lambda clip: spread(clip, 7)),
        (["--policy", "keyframes"], keyframes),
        (["--policy", "scene"], None),
        (["--policy", "reference"], None),
        (["--policy", "auto"], None),
        (["--policy", "auto", "--motion-threshold", "1"], bases),
        (["--policy", "budget"], None),
        (["--policy", "budget", "--motion-threshold", "1"], base),
        (["--frames", "0,3", "--at", ",".join(map(str, some))], lambda clip: asked(clip, (0, 3), some)),
    ]


def difference(found, clip, expected):
    """In words; nothing where there is none."""
    numbers = [frame["frame_number"] for frame in found["frames"]]
    if expected is not None and expected != numbers:
        return f"frames {numbers[:12]}, PyAV {expected[:12]} ({len(numbers)} and {len(expected)})"
    for frame in found["frames"]:
        number, time = frame["frame_number"], frame["timestamp_sec"]
        if number >= len(clip.times):
            return f"frame {number} of {len(clip.times)}"
        if abs(time - clip.times[number]) > clip.tick * 0.51 + 1e-9:
            return f"frame {number} at {time:.5f} s, PyAV {clip.times[number]:.5f} s"
    return ""


def compare(vidcv, options, choose, clips):
    """Lines of what differs."""
    found = vidcv.objects("sample", *options, *clips, expect=None)
    by_path = {entry["path"]: entry for entry in found if entry["type"] == "clip"}
    refused = {entry["path"]: entry["message"] for entry in found if entry["type"] == "error"}
    for path, clip in clips.items():
        if str(path) not in by_path:
            words = "" if clip is None else refused.get(str(path), "no message")
        elif clip is None:
            words = "PyAV decodes nothing of it"
        else:
            words = difference(by_path[str(path)], clip, choose(clip) if choose else None)
        if words:
            yield f"{path.name}: {' '.join(options)}: {words}"


def main(programs, fixtures, *files):
    require("av")
    vidcv = Vidcv(programs)
    paths = sorted((pathlib.Path(fixtures).resolve() / "clocks").iterdir()) + sorted(pathlib.Path(fixtures).resolve().glob("*f.*"))
    paths += sorted(p for p in MEDIA.resolve().glob("*") if p.suffix in KINDS) if MEDIA.is_dir() else []
    paths += [pathlib.Path(file).resolve() for file in files]
    clips = {path: frames_of(path) for path in paths}
    differences = [line for options, choose in policies() for line in compare(vidcv, options, choose, clips)]
    assert not differences, "\n".join(differences)
    print(f"{len(clips)} clips agree under {len(policies())} sets of options")


main(*sys.argv[1:])
