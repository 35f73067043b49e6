# SPDX-License-Identifier: GPL-3.0-or-later
"""What networks for inpainting read of a masked picture: core/image/fill.h, in PyTorch."""

import torch
import torch.nn.functional as F

SWEEPS = 4
RELAXATION = 1.5


def pulled(x, known):
    """means of the known pixels of each 2 x 2, and where there are any"""
    even = (0, x.shape[3] % 2, 0, x.shape[2] % 2)
    # an odd last row or column counts twice
    x, known = (F.pad(q, even, mode="replicate") for q in (x, known))
    n = F.avg_pool2d(known, 2)
    return F.avg_pool2d(x * known, 2) / n.clamp(min=0.25), (n > 0).to(x.dtype)


def pushed(half, height, width):
    """the half-size pictures between their pixels"""
    for axis, n in ((2, height), (3, width)):
        at = torch.arange(n, device=half.device)
        near = at // 2
        beside = torch.where(at % 2 == 1, near + 1, near - 1).clamp(0, half.shape[axis] - 1)
        half = 0.75 * half.index_select(axis, near) + 0.25 * half.index_select(axis, beside)
    return half


def fill(x, mask):
    """x (n, c, h, w) with its unknown pixels, where mask (n, 1, h, w) is not 0, filled smoothly"""
    height, width = x.shape[2:]
    known = (mask == 0).to(x.dtype)
    if height == width == 1:
        return x * known
    half, half_known = pulled(x, known)
    x = torch.where(known > 0, x, pushed(fill(half, 1 - half_known), height, width))
    parity = (torch.arange(height, device=x.device)[:, None] + torch.arange(width, device=x.device)) % 2
    for colour in SWEEPS * (0, 1):
        wide = F.pad(x, (1, 1, 1, 1), mode="replicate")
        mean = (wide[:, :, :-2, 1:-1] + wide[:, :, 2:, 1:-1]
                + wide[:, :, 1:-1, :-2] + wide[:, :, 1:-1, 2:]) / 4
        x = torch.where((known == 0) & (parity == colour), x + RELAXATION * (mean - x), x)
    return x
