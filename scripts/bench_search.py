#!/usr/bin/env python3
"""How fast `vidcv search` is beside numpy, faiss, usearch and sqlite-vec, and whether each finds what is there.

usage: bench_search.py PROGRAMS FOLDER [ROWS [QUERIES]]

FOLDER is replaced; a database of ROWS random unit vectors of 512 numbers (default 1000000), 40 frames a clip, is made there. QUERIES random queries
(default 10), ten clips each. Every program gets two threads. "process" is a new process from its start to its answer, with all in the page cache;
"inside" is one query in a process that has loaded everything. Recall is the share of the ten best clips of a float64 product. The index is made once,
its time is that of `vidcv index`. Needs numpy, and what is there of faiss-cpu, usearch and sqlite-vec.
"""
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "2"
import numpy  # noqa: E402

DIM, PER_CLIP, TOP, THREADS = 512, 40, 10, 2


def make_vectors(rows):
    vectors = numpy.random.default_rng(1).standard_normal((rows, DIM), dtype=numpy.float32)
    vectors /= numpy.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def make_database(programs, file, vectors):
    subprocess.run([programs / "vidcv", "migrate", "-q", file], check=True, stdout=subprocess.DEVNULL)
    with sqlite3.connect(file) as connection:
        connection.execute("INSERT INTO vidcv_models (id, fingerprint, name, dim, precision, description) VALUES (1, ?, 'random', ?, 'fp32', '{}')",
                           ["a" * 64, DIM])
        clips = -(-len(vectors) // PER_CLIP)
        connection.executemany("INSERT INTO vidcv_media (id, path, size, mtime_ns, content_hash, decoded, plan, status, stage, error, tries) "
                               "VALUES (?, ?, 1, 1, '', '', '', 'done', '', '', 0)", ((i + 1, f"/clips/{i}.mp4") for i in range(clips)))
        connection.executemany("INSERT INTO vidcv_frames (id, media_id, frame_number, timestamp_sec, kind, blank, detail) VALUES (?, ?, ?, ?, 'base', 0, 1)",
                               ((i + 1, i // PER_CLIP + 1, i % PER_CLIP, i % PER_CLIP / 2) for i in range(len(vectors))))
        connection.executemany("INSERT INTO vidcv_embeddings VALUES (?, 1, ?)", ((i + 1, vector.tobytes()) for i, vector in enumerate(vectors)))


def best_clips(scores):
    """The ten clips with the best rows."""
    order = numpy.argpartition(-scores, TOP * PER_CLIP)[:TOP * PER_CLIP]
    clips = []
    for row in order[numpy.argsort(-scores[order])]:
        if row // PER_CLIP not in clips:
            clips.append(row // PER_CLIP)
    return clips[:TOP]


def timed(work):
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def show(name, what, seconds, recall="", note=""):
    print(name, what, f"{statistics.median(seconds) * 1000:.1f}", recall, note, sep="\t", flush=True)


def search(programs, database, row, *options):
    """A picture that has a vector already: a moment of the database."""
    moment = f"/clips/{row // PER_CLIP}.mp4@{row % PER_CLIP / 2}"
    done = subprocess.run([programs / "vidcv", "search", "--db", database, "--threads", str(THREADS), "--moment", moment, *options], check=True,
                          capture_output=True, text=True)
    return [int(line.split("\t")[0].split("/")[-1].removesuffix(".mp4")) for line in done.stdout.splitlines()[1:]]


def read_bandwidth(file):
    """Seconds to read the index once from the page cache with two threads, by summing it in numpy."""
    from concurrent.futures import ThreadPoolExecutor
    parts = numpy.array_split(numpy.memmap(file, dtype=numpy.uint64, mode="r", shape=(file.stat().st_size // 8,)), THREADS)
    with ThreadPoolExecutor(THREADS) as pool:
        return min(timed(lambda: list(pool.map(numpy.bitwise_xor.reduce, parts)))[0] for _ in range(5))


def main(programs, folder, rows="1000000", queries="10"):
    programs, folder, rows, queries = pathlib.Path(programs).resolve(), pathlib.Path(folder), int(rows), int(queries)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vectors, database = make_vectors(rows), folder / "search.db"
    make_database(programs, database, vectors)
    asked = numpy.random.default_rng(2).integers(0, rows, queries)
    truth = [best_clips(vectors.astype(numpy.float64)[:, :] @ vectors[row].astype(numpy.float64)) if rows <= 200_000
             else best_clips(numpy.concatenate([part.astype(numpy.float64) @ vectors[row].astype(numpy.float64)
                                                for part in numpy.array_split(vectors, 20)])) for row in asked]

    def recall(found):
        return f"{sum(len(set(f) & set(t)) for f, t in zip(found, truth)) / (TOP * len(truth)):.3f}"

    print("program\twhat\tmedian ms\trecall\tnote")
    seconds, _ = timed(lambda: subprocess.run([programs / "vidcv", "index", "--db", database], check=True, capture_output=True))
    index = next(folder.glob("search.db.vectors-*"))
    show("vidcv", "index, made", [seconds], "", f"{rows / seconds:.0f} vectors/s, {index.stat().st_size / 1e6:.0f} MB")
    show("numpy", "reading the index's bytes from memory", [read_bandwidth(index)])
    search(programs, database, int(asked[0]))
    runs = [timed(lambda row=row: search(programs, database, int(row))) for row in asked]
    same = all(list(found) == [int(c) for c in t] for (_, found), t in zip(runs, truth))
    show("vidcv", "process", [s for s, _ in runs], recall([f for _, f in runs]), f"the same order as float64: {same}")
    few = asked[:3]
    runs = [timed(lambda row=row: search(programs, database, int(row), "--exact-scan")) for row in few]
    show("vidcv --exact-scan", "process", [s for s, _ in runs])
    runs = [timed(lambda row=row: best_clips(vectors @ vectors[row])) for row in asked]
    show("numpy, float32 in memory", "inside", [s for s, _ in runs], recall([f for _, f in runs]))
    peers(vectors, asked, recall)


def peers(vectors, asked, recall):
    wide = TOP * PER_CLIP
    def clips_of(ids):
        return list(dict.fromkeys(int(i) // PER_CLIP for i in ids if i >= 0))[:TOP]
    try:
        import faiss
        faiss.omp_set_num_threads(THREADS)
        flat = faiss.IndexFlatIP(DIM)
        flat.add(vectors)
        runs = [timed(lambda row=row: clips_of(flat.search(vectors[row:row + 1], wide)[1][0])) for row in asked]
        show("faiss IndexFlatIP", "inside", [s for s, _ in runs], recall([f for _, f in runs]))
        if len(vectors) <= 100_000:
            graph = faiss.IndexHNSWFlat(DIM, 32, faiss.METRIC_INNER_PRODUCT)
            built, _ = timed(lambda: graph.add(vectors))
            graph.hnsw.efSearch = 256
            runs = [timed(lambda row=row: clips_of(graph.search(vectors[row:row + 1], wide)[1][0])) for row in asked]
            show("faiss HNSW32, ef 256", "inside", [s for s, _ in runs], recall([f for _, f in runs]), f"made in {built:.0f} s")
    except ImportError:
        print("faiss\tis not here")
    try:
        import usearch.index
        runs = [timed(lambda row=row: clips_of(usearch.index.search(vectors, vectors[row], wide, usearch.index.MetricKind.IP, exact=True,
                                                                    threads=THREADS).keys)) for row in asked]
        show("usearch, exact", "inside", [s for s, _ in runs], recall([f for _, f in runs]))
    except ImportError:
        print("usearch\tis not here")
    try:
        import sqlite_vec
        connection = sqlite3.connect(":memory:")
        connection.enable_load_extension(True)
        sqlite_vec.load(connection)
        connection.execute(f"CREATE VIRTUAL TABLE v USING vec0(e float[{DIM}] distance_metric=cosine)")
        connection.executemany("INSERT INTO v (rowid, e) VALUES (?, ?)", ((i + 1, v.tobytes()) for i, v in enumerate(vectors)))
        runs = [timed(lambda row=row: clips_of(i - 1 for i, in connection.execute(
            "SELECT rowid FROM v WHERE e MATCH ? AND k = ? ORDER BY distance", [vectors[row].tobytes(), wide]))) for row in asked[:3]]
        show("sqlite-vec", "inside", [s for s, _ in runs])
    except (ImportError, AttributeError, sqlite3.OperationalError) as failure:
        print("sqlite-vec\tis not here:", failure)


if __name__ == "__main__":
    main(*sys.argv[1:])
