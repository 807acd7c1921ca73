#!/usr/bin/env python3
"""slurm_array.py BIN FIXTURES: scripts/slurm on a real Slurm of one node, made for this test. Of an array of four, one task's vidcv is killed,
one task is requeued, one comes to its time limit and one is killed altogether: the merge refuses, and after a second submission ends with the
very rows and vectors of a single process. Needs root and Debian's slurmctld, slurmd, slurm-client and munge."""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "parity"))
from support import SCRIPTS, SKIPPED, Vidcv, require, tiny_model  # noqa: E402

SHARDS = 4
CLIPS = 1200
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "scontrol", "setpriv")
OVER = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL"}

CONFIG = """
ClusterName=test
SlurmctldHost=localhost
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=5
CredType=cred/munge
SlurmUser=root
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
MpiDefault=none
MailProg=/bin/true
ReturnToService=2
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,sched_min_interval=0,bf_interval=1
NodeName=localhost NodeAddr=127.0.0.1 CPUs={shards} RealMemory=8000
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE
"""


def until(what, true, seconds=60.0):
    """Waits for `true()`; what it returns."""
    end = time.monotonic() + seconds
    while not (result := true()):
        assert time.monotonic() < end, f"after {seconds} s not yet: {what}"
        time.sleep(0.02)
    return result


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def processes(wanted):
    """The processes of which `wanted(folder in /proc)` holds."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            if wanted(entry):
                found.append(int(entry.name))
    return found


class Slurm:
    """A cluster of one node. All its files are in `folder`, and it ends with the `with`, or with this process."""

    def __init__(self, folder, programs):
        self.folder = folder
        self.log = folder / "daemons.log"
        self.daemons = []
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith(("VIDCV_", "SLURM_", "SBATCH_"))}
        self.environment |= {"SLURM_CONF": str(folder / "slurm.conf"), "TMPDIR": str(folder / "scratch"),
                             "PATH": f"{pathlib.Path(programs).resolve()}:{os.environ['PATH']}"}

    def __enter__(self):
        for name in ("munge", "state", "spool", "scratch"):
            (self.folder / name).mkdir()
        self.folder.chmod(0o755)  # munged is another user
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        for path in (key.parent, key):
            shutil.chown(path, "munge", "munge")
        (self.folder / "slurm.conf").write_text(CONFIG.format(folder=self.folder, ports=free_ports(2), shards=SHARDS))
        try:
            munge = [f"--{name}={self.folder}/munge/{file}" for name, file in
                     (("socket", "socket"), ("key-file", "key"), ("pid-file", "pid"), ("log-file", "log"), ("seed-file", "seed"))]
            self.start("munged", "--foreground", *munge, user="munge", group="munge", extra_groups=[])
            until("munged's socket", (self.folder / "munge/socket").exists)
            self.start("slurmctld", "-D", "-c")
            self.start("slurmd", "-D", "-N", "localhost")
            until("an idle node", lambda: "idle" in self.run("sinfo", "-h", "-o", "%T", check=False))
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def start(self, *command, **options):
        with self.log.open("a") as log:
            self.daemons.append(subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *command], env=self.environment, stdin=subprocess.DEVNULL,
                                                 stdout=log, stderr=log, **options))

    def __exit__(self, kind, error, trace):
        if kind is not None:
            print(self.log.read_text()[-4000:] if self.log.exists() else "no daemon was started", file=sys.stderr)
        with contextlib.suppress(Exception):
            self.run("scancel", "--user", "root", check=False)
            until("no job", lambda: not self.run("squeue", "-h", check=False) and not list((self.folder / "spool").glob("localhost_*")), 10)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()
        ours = f"SLURM_CONF={self.folder}/slurm.conf".encode()
        for process in processes(lambda entry: ours in (entry / "environ").read_bytes().split(b"\0")):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)

    def run(self, *command, check=True):
        done = subprocess.run([str(word) for word in command], env=self.environment, capture_output=True, text=True)
        assert not check or done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    def submit(self, work, out, *arguments):
        """The numbers of array and merge."""
        rows = self.run(SCRIPTS / "slurm/submit.sh", "--shards", SHARDS, "--db", out, "--work", work, "--cpus-per-task=1", "--mem=1G", "--",
                        *arguments)
        return [line.split("\t")[1] for line in rows.splitlines()]

    def jobs(self, number):
        """Slurm's record of the job, or of each task of the array, by its index."""
        lines = self.run("scontrol", "-o", "show", "job", number).splitlines()
        jobs = [dict(word.split("=", 1) for word in line.split() if "=" in word) for line in lines]
        return {int(job.get("ArrayTaskId", 0)): job for job in jobs if job.get("ArrayTaskId", "0").isdigit()}

    def end_of(self, number, seconds=120.0):
        def over():
            jobs = self.jobs(number)
            return jobs if jobs and all(job["JobState"] in OVER for job in jobs.values()) else None
        return until(f"job {number} has ended", over, seconds)


def network_double(folder):
    """A folder with a `stat` that says nfs of all file systems."""
    double = folder / "double/stat"
    double.parent.mkdir()
    double.write_text("#!/bin/sh\necho nfs\n")
    double.chmod(0o755)
    return double.parent


def make_clips(folder, fixtures):
    folder.mkdir()
    for number in range(CLIPS):
        shutil.copy(fixtures / ("cuts-192f.mp4" if number % 2 else "flicker-48f.mp4"), folder / f"{number:04}.mp4")
    for name in ("truncated.mp4", "text.mp4", "empty.mp4"):
        shutil.copy(fixtures / name, folder / name)


def contents(database):
    with contextlib.closing(sqlite3.connect(database)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        media = connection.execute("SELECT path, size, content_hash, decoded, plan, status, stage, error FROM vidcv_media ORDER BY path").fetchall()
        vectors = connection.execute("""SELECT m.path, f.frame_number, f.kind, f.timestamp_sec, f.motion_ratio, hex(e.embedding)
            FROM vidcv_media m JOIN vidcv_frames f ON f.media_id = m.id JOIN vidcv_embeddings e ON e.frame_id = f.id
            ORDER BY m.path, f.frame_number""").fetchall()
        return media, vectors


def done_in(database):
    """How many files a database that is being written has."""
    with contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection, contextlib.suppress(sqlite3.OperationalError):
        return connection.execute("SELECT count(*) FROM vidcv_media WHERE status = 'done'").fetchone()[0]
    return 0  # it has no tables yet


def vidcv_of(part):
    """The running vidcv that writes the database of that name, and its batch script."""
    name = f"/{part}.db".encode()
    found = processes(lambda entry: (entry / "exe").readlink().name == "vidcv-embed" and
                      any(word.endswith(name) for word in (entry / "cmdline").read_bytes().split(b"\0")))
    assert len(found) == 1, f"{part}: {len(found)} processes, not 1"
    status = pathlib.Path(f"/proc/{found[0]}/status").read_text()
    return found[0], int(status.split("PPid:")[1].split()[0])


def disturb(slurm, array, task):
    """What befalls the tasks, each half-way."""
    vidcv, script = vidcv_of(f"shard-{task}-of-{SHARDS}")
    if task == 3:  # Slurm's last one, whose number is the array's: not all of it must be requeued
        os.kill(vidcv, signal.SIGKILL)
    elif task == 1:
        slurm.run("scontrol", "requeue", f"{array}_{task}")
    elif task == 2:
        slurm.run("scancel", "--batch", "--signal=USR1", f"{array}_{task}")  # as Slurm does before the time limit, by --signal=B:USR1
    else:
        for process in (script, vidcv):
            os.kill(process, signal.SIGKILL)


def disturbed_array(slurm, work, out, arguments):
    """Each task on scratch, as if `work` were on a network file system."""
    array, merge = slurm.submit(work, out, *arguments)
    waiting = set(range(SHARDS))

    def disturb_next():
        for task in sorted(waiting):
            for database in (slurm.folder / "scratch").glob(f"vidcv.*/shard-{task}-of-{SHARDS}.db"):
                if done_in(database) > CLIPS / SHARDS / 4:
                    disturb(slurm, array, task)
                    waiting.discard(task)
        return not waiting

    until("all tasks are disturbed", disturb_next)
    ended, merged = slurm.end_of(merge)[0], slurm.end_of(array)
    logs = {task: (work / f"shard-{task}-of-{SHARDS}.log").read_text() for task in range(SHARDS)}
    story = "\n".join([*logs.values(), (work / f"merge-of-{SHARDS}.log").read_text()])
    for task, job in merged.items():
        wanted = ("FAILED", "0") if task == 0 else ("COMPLETED", "1")
        assert (job["JobState"], job["Restarts"]) == wanted, f"task {task}: {job['JobState']}, {job['Restarts']} restarts\n{story}"
        assert ("requeued" in logs[task]) == (task in (2, 3)), f"task {task}: who requeued it?\n{story}"
    assert (ended["JobState"], ended["ExitCode"]) == ("FAILED", "1:0"), f"the merge: {ended['JobState']}, {ended['ExitCode']}\n{story}"
    assert f"not complete: shard-0-of-{SHARDS} (" in story and not out.exists(), f"merged in spite of a part that was killed\n{story}"
    for task in (1, 2, 3):
        with contextlib.closing(sqlite3.connect(work / f"shard-{task}-of-{SHARDS}.db")) as connection:
            skipped = connection.execute("SELECT max(skipped) FROM vidcv_runs").fetchone()[0]
        assert skipped > CLIPS / SHARDS / 4, f"task {task}: only {skipped} files were kept when it was requeued"


def whole_array(slurm, work, out, arguments):
    """Its time, from submission to the end of the last task, and to that of the merge."""
    start = time.monotonic()
    array, merge = slurm.submit(work, out, *arguments)
    tasks, array_s = slurm.end_of(array), time.monotonic() - start
    ended, merge_s = slurm.end_of(merge)[0], time.monotonic() - start
    log = (work / f"merge-of-{SHARDS}.log").read_text()
    assert len(tasks) == SHARDS and all(job["JobState"] == "COMPLETED" for job in tasks.values()), f"{tasks}\n{log}"
    assert ended["JobState"] == "COMPLETED" and "some inputs failed" in log, f"the merge: {ended['JobState']}\n{log}"
    return array_s, merge_s


def main(programs, fixtures):
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing or os.geteuid() != 0:
        print(f"not installed: {', '.join(missing)} (apt-get install slurmctld slurmd slurm-client munge)" if missing else "not root, who starts Slurm")
        sys.exit(SKIPPED)
    require("torch", "numpy")
    vidcv = Vidcv(programs)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that the daemons end
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        model, clips = tiny_model(folder), folder / "clips"
        make_clips(clips, pathlib.Path(fixtures).resolve())
        arguments = (clips, "--model", model)
        start = time.monotonic()
        vidcv.run("embed", "--db", folder / "single.db", *arguments, expect=3)
        single_s = time.monotonic() - start
        expected = contents(folder / "single.db")
        assert len(expected[0]) == CLIPS + 3 and len(expected[1]) > 3 * CLIPS
        with Slurm(folder, programs) as slurm:
            slurm.environment["PATH"] = f"{network_double(folder)}:{slurm.environment['PATH']}"
            disturbed_array(slurm, folder / "parts", folder / "out.db", arguments)
            again_s, _ = whole_array(slurm, folder / "parts", folder / "out.db", arguments)
            assert contents(folder / "out.db") == expected, "the disturbed array: other rows than a single process's"
            assert len(list((folder / "scratch").iterdir())) == 1, "only the task that was killed altogether leaves its scratch behind"
            slurm.environment["PATH"] = slurm.environment["PATH"].split(":", 1)[1]
            array_s, merge_s = whole_array(slurm, folder / "local-parts", folder / "local.db", arguments)
            assert contents(folder / "local.db") == expected, "the array: other rows than a single process's"
    print(f"{CLIPS} clips, {os.cpu_count()} processors: a single process {single_s:.1f} s, an array of {SHARDS} {array_s:.1f} s, with its merge "
          f"{merge_s:.1f} s, what was left of a disturbed array {again_s:.1f} s; the same rows each time")


main(*sys.argv[1:])
