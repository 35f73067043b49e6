# SPDX-License-Identifier: GPL-3.0-or-later
"""What is compared: rows of parts, each a network or an op at one size."""

CIFAR = {  # the shape of google/ddpm-cifar10-32
    "sample_size": 32, "block_out_channels": [128, 256, 256, 256],
    "down_block_types": ["DownBlock2D", "AttnDownBlock2D", "DownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "UpBlock2D", "AttnUpBlock2D", "UpBlock2D"]}
CELEBA = {  # the shape of google/ddpm-celebahq-256
    "sample_size": 256, "block_out_channels": [128, 128, 256, 256, 512, 512],
    "down_block_types": ["DownBlock2D"] * 4 + ["AttnDownBlock2D", "DownBlock2D"],
    "up_block_types": ["UpBlock2D", "AttnUpBlock2D"] + ["UpBlock2D"] * 4}
SHAPES = {"cifar10": CIFAR, "celebahq": CELEBA}

CONVOLUTIONS = [(64, 32), (64, 64), (64, 256), (128, 32), (128, 64), (128, 256), (256, 8),
                (256, 16), (256, 32), (320, 64), (512, 64), (640, 32), (1280, 8), (1280, 16)]
NORMS = [(320, 64), (640, 32), (1280, 16), (128, 32), (128, 512)]
ATTENTIONS = [(1024, 8, 40), (1024, 8, 64), (1024, 1, 512),
              (4096, 8, 40), (4096, 8, 64), (4096, 1, 512)]


def _network(part, model, label, size, batch=1):
    title = f"{label}, {size}×{size}" + (f", batch {batch}" if batch > 1 else "")
    return {"part": part, "title": title, "kind": "network", "model": model, "size": size,
            "batch": batch}


def rows():
    """Every row: part, title, kind and shape."""
    for size in 64, 256, 512:
        yield _network("embedded", "embedded", "embedded model", size)
    for size, batch in (32, 1), (32, 8), (64, 1):
        yield _network("cifar", "cifar10", "ddpm-cifar10 shape", size, batch)
    yield _network("celeba", "celebahq", "ddpm-celebahq shape", 256)
    for channels, size in CONVOLUTIONS:
        yield {"part": "conv", "title": f"3×3 convolution {channels}, {size}×{size}",
               "kind": "conv3x3", "in": channels, "out": channels, "size": size, "batch": 1}
    for channels, size in NORMS:
        yield {"part": "norm", "title": f"group norm + SiLU {channels}, {size}×{size}",
               "kind": "group-norm-silu", "in": channels, "size": size, "batch": 1}
    for tokens, heads, width in ATTENTIONS:
        yield {"part": "attention", "title": f"attention {tokens} tokens, {heads}×{width}",
               "kind": "attention", "tokens": tokens, "heads": heads, "width": width, "batch": 1}


PARTS = list(dict.fromkeys(row["part"] for row in rows()))
