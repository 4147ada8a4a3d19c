"""Prints an exported model as Python's safetensors package reads it.

Usage: read_export.py FOLDER
"""

import json
import pathlib
import sys

import safetensors

sys.stdout.reconfigure(encoding="utf-8")
folder = pathlib.Path(sys.argv[1])
with safetensors.safe_open(folder / "model.safetensors", framework="numpy") as model:
    assert model.metadata()["format"] == "pt"
    for name in sorted(model.keys()):
        tensor = model.get_tensor(name)
        print(name, tensor.dtype, list(tensor.shape), tensor.tolist())
config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
print(dict(sorted(config.items())))
