#!/usr/bin/env python3
"""`vidcv sample` counts and times frames as an independent sequential decoder (PyAV) does.

usage: frame_truth.py PROGRAMS FILE...   prints a line for each file that differs, and how
"""
import pathlib
import sys

from support import Vidcv, require


def decoded_times(path):
    """Seconds since the first frame of each picture of the first video stream that is no cover art, in presentation order."""
    import av

    with av.open(str(path)) as container:
        streams = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
        if not streams:
            return None, 0
        stream = streams[0]
        stream.thread_type = "NONE"
        stamps, tick = [], float(stream.time_base)
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.error.FFmpegError:
                continue
            stamps += [frame.pts if frame.pts is not None else frame.dts for frame in frames]
    if not stamps or any(stamp is None for stamp in stamps):
        return [None] * len(stamps), tick
    stamps.sort()
    return [(stamp - stamps[0]) * tick for stamp in stamps], tick


def difference(clip, theirs, tick):
    if clip["frames_decoded"] != len(theirs):
        return f"{clip['frames_decoded']} frames, PyAV {len(theirs)}"
    if None in theirs:
        return "PyAV gives no times"
    for frame in clip["frames"]:
        ours, time = frame["timestamp_sec"], theirs[frame["frame_number"]]
        if abs(ours - time) > tick / 2 + 1e-9:
            return f"frame {frame['frame_number']} is at {ours:.4f} s, PyAV {time:.4f} s"
    return ""


def compare(vidcv, path):
    """What differs, in words; nothing where all agree."""
    import av

    clip = vidcv.objects("sample", "--policy", "every", "--every", "0.001", path, expect=None)[0]
    try:
        theirs, tick = decoded_times(path)
    except av.error.FFmpegError as error:
        theirs, tick = None, 0
        refusal = str(error)
    else:
        refusal = "no video"
    if clip["type"] == "error":
        return "" if not theirs else f"{clip['message']}; PyAV decodes {len(theirs)} frames"
    if theirs is None:
        return f"{clip['frames_decoded']} frames; PyAV: {refusal}"
    return difference(clip, theirs, tick)


def main(programs, *files):
    require("av")
    vidcv = Vidcv(programs)
    differing = 0
    for path in map(pathlib.Path, files):
        words = compare(vidcv, path)
        differing += bool(words)
        if words:
            print(f"{path.name}: {words}")
    print(f"{len(files) - differing} of {len(files)} files agree")


main(*sys.argv[1:])
