"""Counts the supports of a finished training run, with nothing of the project.

    python3 count_support.py RUN_DIRECTORY

Reads the run's config.json and the newest checkpoint's model.safetensors with
the standard library alone. For every sparse tensor it prints the positions
stored, how many of them hold a value other than zero, and the k that the config
asks for; it exits with 1 if any support is not exactly k different positions
inside the tensor, or if a neuron has fewer positions than the floor.
"""

import collections
import json
import pathlib
import struct
import sys

run = pathlib.Path(sys.argv[1])
config = json.loads((run / "config.json").read_text())["config"]
path = max(run.glob("checkpoint-*/model.safetensors"))
with open(path, "rb") as f:
    size = struct.unpack("<Q", f.read(8))[0]
    header = json.loads(f.read(size))
    body = f.read()


def tensor(name, kind, width):
    entry = header[name]
    start, end = entry["data_offsets"]
    return struct.unpack(f"<{(end - start) // width}{kind}", body[start:end])


wrong, total = 0, 0
density = config["density"]
for name in sorted(n[: -len(".indices")] for n in header if n.endswith(".indices")):
    shape = json.loads(header["__metadata__"][name + ".shape"])
    entries = 1
    for d in shape:
        entries *= d
    if name.endswith(".bias"):
        fraction = density["bias"]
    elif name.startswith("transformer.h."):
        fraction = density["matrix"]
    else:
        fraction = density["embedding"]
    k = min(entries, int(fraction * entries + 1e-9))
    indices = tensor(name + ".indices", "q", 8)
    nonzero = sum(v != 0 for v in tensor(name + ".values", "f", 4))
    ok = len(set(indices)) == len(indices) == k and all(0 <= i < entries for i in indices)
    if name.startswith("transformer.h.") and len(shape) == 2:
        by_row = "c_attn" in name or "c_fc" in name
        neurons = shape[0] if by_row else shape[1]
        counts = collections.Counter(i // shape[1] if by_row else i % shape[1] for i in indices)
        ok = ok and len(counts) == neurons and min(counts.values()) >= density["floor"]
    wrong += not ok
    total += len(indices)
    print(f"{name}: {len(indices)} positions, {nonzero} nonzero, k {k}, {'ok' if ok else 'WRONG'}")
print(f"{path.parent.name}: {total} positions, {wrong} tensors wrong")
sys.exit(1 if wrong else 0)
