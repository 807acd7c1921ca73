#!/usr/bin/env python3
"""bench_turns.py ROUNDS COMMAND OPTIONS...: runs COMMAND with each of OPTIONS (strings; an empty one is COMMAND as it is) in turns, ROUNDS
times, and prints the medians of their wall and CPU seconds with the ratios to the first. One turn before that is not counted."""
import os
import resource
import shlex
import statistics
import subprocess
import sys
import time


def cpu_s():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measured(command):
    start, before = time.perf_counter(), cpu_s()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, cpu_s() - before


def main(rounds, command, *options):
    commands = {some or "as it is": shlex.split(command) + shlex.split(some) for some in options}
    for each in commands.values():
        measured(each)
    took = {name: [] for name in commands}
    for turn in range(int(rounds)):
        for name in list(commands)[:: -1 if turn % 2 else 1]:  # none is always the one behind another
            took[name].append(measured(commands[name]))
    print(f"{os.cpu_count()} processors, {rounds} turns\nwall s  ratio  CPU s  ratio  options")
    medians = {name: [statistics.median(each) for each in zip(*times)] for name, times in took.items()}
    first = next(iter(medians.values()))
    for name, (wall, cpu) in medians.items():
        print(f"{wall:6.2f}  {wall / first[0]:5.2f}  {cpu:5.2f}  {cpu / first[1]:5.2f}  {name}")


main(*sys.argv[1:])
