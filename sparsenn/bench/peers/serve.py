"""What the Python contestants share: the line protocol and the inputs.

A worker is started with one argument, a JSON object that describes its task
(see Task in task.go). It prepares and compiles, prints "ready {...}" and then
answers "run WARM REPS" with "ns T1 T2 ..." until its input ends.
"""

import json
import os
import sys
import time

import numpy as np


class Done:
    """A prepared contestant."""

    def __init__(self, run, check):
        self.run = run  # one repetition, finished when it returns
        self.check = check  # what it computed, for comparison


def main(prepare, versions):
    """Serves the contestant that prepare(task) returns."""
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries that print do not disturb the protocol
    task = json.loads(sys.argv[1])
    try:
        done = prepare(task)
    except Exception as e:  # told to the driver, which goes on without it
        print("error", f"{type(e).__name__}: {e}".replace("\n", " ")[:500], file=out)
        raise
    print("ready", json.dumps({"versions": versions, **done.check}), file=out)
    for line in sys.stdin:
        _, warm, reps = line.split()
        for _ in range(int(warm)):
            done.run()
        times = []
        for _ in range(int(reps)):
            start = time.perf_counter_ns()
            done.run()
            times.append(time.perf_counter_ns() - start)
        print("ns", *times, file=out)


def matrix(task):
    """The input of the selection tasks, float32 [rows, cols]."""
    return np.fromfile(task["input"], np.float32).reshape(task["rows"], task["cols"])


def kept(indices):
    """The check of a selection, from the flat indices kept."""
    indices = np.asarray(indices).astype(np.int64).ravel()
    return {"kept": int(indices.size), "sum": int(indices.sum())}


def kept_rows(indices, cols):
    """The check of a selection, from column indices [rows, k]."""
    indices = np.asarray(indices).astype(np.int64)
    return kept(indices + cols * np.arange(indices.shape[0])[:, None])


def kept_mask(mask):
    """The check of a selection, from its mask."""
    return kept(np.flatnonzero(np.asarray(mask)))


def weights(task):
    """The initial weights, in the order of task["params"]."""
    flat = np.fromfile(task["input"], np.float32)
    result, at = [], 0
    for p in task["params"]:
        n = int(np.prod(p["shape"]))
        result.append(flat[at : at + n].reshape(p["shape"]).copy())
        at += n
    return result


def batches(task):
    """Token batches, int32 [number, batch, seq+1], used in turn."""
    return np.fromfile(task["tokens"], np.int32).reshape(-1, task["batch"], task["seq"] + 1)


def knobs(task, step):
    """Learning rate and bias corrections of a step (from 0)."""
    lr = task["lr"] * (1 - step / task["steps"])
    return lr, 1 / (1 - task["beta1"] ** (step + 1)), 1 / (1 - task["beta2"] ** (step + 1))
