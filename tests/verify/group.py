# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads and writes reference data: NAME.json with its entries, NAME.safetensors with their numbers.
"""

import json
import os

import numpy as np

KINDS = {"F64": np.float64, "F32": np.float32, "I64": np.int64, "U8": np.uint8}
NAMES = {np.dtype(kind): name for name, kind in KINDS.items()}


class Group:
    """A file's entries, and their numbers as "ENTRY/TENSOR"."""

    def __init__(self, path):
        self.path = path
        with open(path + ".json", encoding="utf-8") as file:
            self.root = json.load(file)
        with open(path + ".safetensors", "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            data = file.read()
        self.numbers = {}
        for name, spec in header.items():
            if name != "__metadata__":
                begin, end = spec["data_offsets"]
                self.numbers[name] = np.frombuffer(data[begin:end], KINDS[spec["dtype"]]).reshape(
                    spec["shape"])

    @property
    def entries(self):
        return self.root["cases"]

    def of(self, entry):
        """An entry's tensors by their names."""
        return {name: self.numbers[f"{entry['id']}/{name}"] for name in entry["tensors"]}

    def put(self, entry, tensors):
        """Gives an entry these tensors and no others; specs of those it had stay but for shapes."""
        for name in entry["tensors"]:
            del self.numbers[f"{entry['id']}/{name}"]
        had = entry["tensors"]
        entry["tensors"] = {}
        for name, value in tensors.items():
            value = np.asarray(value, KINDS[had[name]["dtype"]])
            entry["tensors"][name] = dict(had[name], shape=list(value.shape))
            self.numbers[f"{entry['id']}/{name}"] = value

    def write(self, path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        header, parts, at = {}, [], 0
        for name, value in self.numbers.items():
            parts.append(np.ascontiguousarray(value).tobytes())
            header[name] = {"dtype": NAMES[value.dtype], "shape": list(value.shape),
                            "data_offsets": [at, at + len(parts[-1])]}
            at += len(parts[-1])
        text = json.dumps(header).encode()
        text += b" " * (-len(text) % 8)
        with open(path + ".safetensors", "wb") as file:
            file.write(len(text).to_bytes(8, "little") + text + b"".join(parts))
        with open(path + ".json", "w", encoding="utf-8") as file:
            json.dump(self.root, file)
