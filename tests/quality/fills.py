# SPDX-License-Identifier: GPL-3.0-or-later
"""Holes in pictures: shapes of them, simple ways to fill them, and how well they are filled.

Pictures are arrays [height, width, 3] from 0 to 1, masks [height, width] of bool, True in the hole.
"""

import heapq
import itertools
import math

import numpy as np

RING = 8  # pixels around a hole whose mean is taken
REACH = 5  # of Telea's method, in pixels
FAR = 1e6
KNOWN, BAND, INSIDE = range(3)
CROSS = [(-1, 0), (1, 0), (0, -1), (0, 1)]


# ---------------------------------------------------------------- shapes

def box(size, share, rng):
    area, aspect = share * size * size, rng.uniform(0.6, 1.6)
    height = min(round(math.sqrt(area / aspect)), size)
    width = min(round(area / height), size)
    top, left = rng.integers(0, size - height + 1), rng.integers(0, size - width + 1)
    mask = np.zeros((size, size), bool)
    mask[top:top + height, left:left + width] = True
    return mask


def disc(size, share, rng):
    radius = math.sqrt(share / math.pi) * size
    y, x = rng.uniform(radius, size - radius, 2)
    rows, columns = np.mgrid[:size, :size] + 0.5
    return np.hypot(rows - y, columns - x) <= radius


def stroke(size, share, rng):
    """all that is nearest to a curve across the picture"""
    ends = rng.uniform(0.1, 0.9, (3, 2)) * size
    ends[0, 1], ends[2, 1] = 0.1 * size, 0.9 * size
    if rng.integers(2):
        ends = ends[:, ::-1]
    at = np.linspace(0, 1, 65)[:, None]
    curve = (1 - at) ** 2 * ends[0] + 2 * at * (1 - at) * ends[1] + at ** 2 * ends[2]
    centers = np.mgrid[:size, :size].transpose(1, 2, 0) + 0.5
    away = np.full((size, size), FAR)
    for point in curve:
        away = np.minimum(away, np.hypot(*(centers - point).transpose(2, 0, 1)))
    return away <= np.quantile(away, share)


SHAPES = {"box": box, "disc": disc, "stroke": stroke}


# ---------------------------------------------------------------- fills

def grown(mask, pixels):
    """the mask and all that is so near, along rows and columns"""
    height, width = mask.shape
    wide = np.pad(mask, pixels)
    rows = np.any([wide[k:k + height] for k in range(2 * pixels + 1)], axis=0)
    return np.any([rows[:, k:k + width] for k in range(2 * pixels + 1)], axis=0)


def ring(mask, pixels=RING):
    """what is so near to a hole, and no hole"""
    return grown(mask, pixels) & ~mask


def fill_mean(picture, mask):
    """one color, the mean of a ring around the hole"""
    out = picture.copy()
    out[mask] = picture[ring(mask)].mean(axis=0)
    return out


def neighbors(x):
    """sums over the four pixels around each, of those that are in the picture"""
    out = np.zeros_like(x)
    out[1:] += x[:-1]
    out[:-1] += x[1:]
    out[:, 1:] += x[:, :-1]
    out[:, :-1] += x[:, 1:]
    return out


def fill_laplace(picture, mask, tolerance=1e-5):
    """diffusion: in the hole the mean of its neighbors is each pixel; by conjugate gradients"""
    hole = mask[..., None].astype(float)
    degree = neighbors(np.ones(mask.shape))[..., None]
    apply = lambda u: hole * (degree * u - neighbors(u))
    u = fill_mean(picture, mask)
    residual = -apply(u)
    along, square = residual, (residual ** 2).sum()
    enough = square * tolerance ** 2
    while square > max(enough, 1e-20):
        image = apply(along)
        step = square / (along * image).sum()
        u = u + step * along
        residual = residual - step * image
        last, square = square, (residual ** 2).sum()
        along = residual + square / last * along
    return u


class Telea:
    """A. Telea 2004 (An Image Inpainting Technique Based on the Fast Marching Method): pixels are
    filled in the order of their distance T from the border, each with a weighted mean of its
    neighbors.

    What the neighbors' gradients foretell counts one level of 255 at most, and tells only whether
    it gets lighter or darker, as it is usually programmed: taken in full (eq. 2) it runs away in
    anything but smooth pictures."""

    def __init__(self, picture, mask):
        # A frame that is never known spares all questions about the border.
        self.picture = np.pad(picture, ((REACH + 1,) * 2,) * 2 + ((0, 0),))
        self.flag = np.where(np.pad(mask, REACH + 1, constant_values=True), INSIDE, KNOWN)
        self.room = np.pad(np.ones(mask.shape, bool), REACH + 1)
        self.distance = np.where(self.flag == INSIDE, FAR, self.outside(mask))
        y, x = np.mgrid[-REACH:REACH + 1, -REACH:REACH + 1].astype(float)
        self.length = np.hypot(y, x)
        self.near = (self.length <= REACH) & (self.length > 0)
        self.length[REACH, REACH] = 1
        self.towards = -np.stack([y, x])  # from each neighbor to the pixel

    @staticmethod
    def outside(mask):
        """T of known pixels, below 0: what they are away from the hole"""
        wide = np.pad(mask, 2 * REACH + 1)
        out = np.full(np.array(mask.shape) + 2 * REACH + 2, float(REACH))
        for y, x in itertools.product(range(-REACH, REACH + 1), repeat=2):
            seen = wide[REACH + y:wide.shape[0] - REACH + y, REACH + x:wide.shape[1] - REACH + x]
            out[seen] = np.minimum(out[seen], math.hypot(y, x))
        return 1 - out

    def solve(self, y, x):
        """T from the nearest neighbor of each axis: |grad T| = 1"""
        near = lambda a, b: min(self.distance[p] if self.flag[p] == KNOWN else FAR for p in (a, b))
        a, b = near((y - 1, x), (y + 1, x)), near((y, x - 1), (y, x + 1))
        if abs(a - b) >= 1:
            return min(a, b) + 1
        return (a + b + math.sqrt(2 - (a - b) ** 2)) / 2

    @staticmethod
    def gradient(x, known, axis):
        """of differences between known pixels, two away or one; of a window without its edge"""
        cut = lambda z, k: z[1 + k:z.shape[0] - 1 + k, 1:-1] if axis == 0 else \
            z[1:-1, 1 + k:z.shape[1] - 1 + k]
        before, after = cut(known, -1), cut(known, 1)
        wide = (...,) + (None,) * (x.ndim - 2)
        low = np.where(before[wide], cut(x, -1), cut(x, 0))
        high = np.where(after[wide], cut(x, 1), cut(x, 0))
        return (high - low) / np.maximum(before.astype(int) + after, 1)[wide]

    def fill(self, y, x):
        reach = REACH + 1
        window = (slice(y - reach, y + reach + 1), slice(x - reach, x + reach + 1))
        known, colors = self.flag[window] != INSIDE, self.picture[window]
        small = (slice(y - 1, y + 2), slice(x - 1, x + 2))
        distance, close = self.distance[small], self.flag[small] != INSIDE
        normal = [self.gradient(distance, close, axis)[0, 0] for axis in (0, 1)]
        used = self.near & known[1:-1, 1:-1]
        direction = np.abs(self.towards[0] * normal[0] + self.towards[1] * normal[1])
        level = 1 + np.abs(self.distance[window][1:-1, 1:-1] - self.distance[y, x])
        weight = used * np.maximum(direction / self.length, 1e-6) / (self.length ** 2 * level)
        mean = lambda z: (weight[..., None] * z).sum(axis=(0, 1)) / weight.sum()
        change = [mean(self.gradient(colors, known, axis) * self.towards[axis][..., None])
                  for axis in (0, 1)]
        change = (change[0] + change[1]) / np.maximum(255 * np.hypot(*change), 1)
        self.picture[y, x] = np.clip(mean(colors[1:-1, 1:-1]) + change, 0, 1)

    def run(self):
        border = grown_cross(self.flag == INSIDE) & (self.flag == KNOWN)
        heap = [(self.distance[p], *p) for p in zip(*np.nonzero(border))]
        self.flag[border] = BAND
        heapq.heapify(heap)
        while heap:
            _, y, x = heapq.heappop(heap)
            self.flag[y, x] = KNOWN
            for q in ((y + dy, x + dx) for dy, dx in CROSS):
                distance = self.solve(*q) if self.room[q] else FAR
                if self.flag[q] == KNOWN or distance >= self.distance[q]:
                    continue
                self.distance[q] = distance
                heapq.heappush(heap, (distance, *q))
                if self.flag[q] == INSIDE:
                    self.fill(*q)
                    self.flag[q] = BAND
        return self.picture[REACH + 1:-REACH - 1, REACH + 1:-REACH - 1]


def grown_cross(mask):
    return mask | (neighbors(mask.astype(int)) > 0)


def fill_telea(picture, mask):
    return Telea(picture, mask).run()


def moved(x, shift):
    """what lies at p + shift comes to p; zeros from beyond the border"""
    at = np.ix_(*(np.arange(n) + d + n for n, d in zip(x.shape, shift)))
    return np.pad(x, [(n, n) for n in x.shape[:2]] + [(0, 0)] * (x.ndim - 2))[at]


def best_shift(left, known):
    """after which most of what is left lies on what is known; the shortest of these"""
    height, width = left.shape
    double = (2 * height, 2 * width)
    count = np.fft.irfft2(np.conj(np.fft.rfft2(left, double)) * np.fft.rfft2(known, double), double)
    y, x = (np.fft.fftfreq(n, 1 / n).round().astype(int) for n in double)
    score = count.round() - np.hypot(y[:, None], x) / (4 * max(height, width))
    row, column = np.unravel_index(np.argmax(score), score.shape)
    return y[row], x[column]


def fill_heal(picture, mask):
    """as a healing brush does: a patch from beside, and what it is off by at the edge taken from it
    as a membrane (Perez, Gangnet & Blake 2003, eq. 6).  A hole that no patch fills takes several."""
    out, left = picture.copy(), mask.copy()
    while left.any():
        shift = best_shift(left, ~mask)
        source, there = moved(picture, shift), moved(~mask, shift)
        patch = left & there
        edge = grown_cross(patch) & there & ~left
        if edge.any():
            off = np.where(edge[..., None], out - source, 0)
            source = source + fill_laplace(off, ~edge)
        out[patch] = source[patch]
        left &= ~patch
    return np.where(mask[..., None], np.clip(out, 0, 1), picture)


FILLS = {"mean color": fill_mean, "diffusion": fill_laplace, "Telea": fill_telea,
         "heal": fill_heal}


# ---------------------------------------------------------------- measures

def psnr(picture, other, mask):
    """peak signal to noise ratio in the hole, in dB"""
    error = ((picture - other)[mask] ** 2).mean()
    return -10 * math.log10(max(error, 1e-10))


def blurred(x, taps):
    reach = len(taps) // 2
    for axis in (0, 1):
        pad = [(0, 0)] * x.ndim
        pad[axis] = (reach, reach)
        wide = np.moveaxis(np.pad(x, pad, mode="reflect"), axis, 0)
        n = x.shape[axis]
        x = np.moveaxis(sum(t * wide[k:k + n] for k, t in enumerate(taps)), 0, axis)
    return x


def ssim_map(picture, other):
    """structural similarity at each pixel (Wang et al. 2004, eq. 13, windows as in section III-B),
    the mean over R', G' and B'"""
    taps = np.exp(-0.5 * (np.arange(-5, 6) / 1.5) ** 2)
    taps /= taps.sum()
    mean_a, mean_b = blurred(picture, taps), blurred(other, taps)
    var_a = blurred(picture ** 2, taps) - mean_a ** 2
    var_b = blurred(other ** 2, taps) - mean_b ** 2
    both = blurred(picture * other, taps) - mean_a * mean_b
    c1, c2 = 0.01 ** 2, 0.03 ** 2
    s = ((2 * mean_a * mean_b + c1) * (2 * both + c2)
         / ((mean_a ** 2 + mean_b ** 2 + c1) * (var_a + var_b + c2)))
    return s.mean(axis=2)


def ssim(picture, other, mask):
    """(in the hole, in a ring around it as wide as a window reaches)"""
    s = ssim_map(picture, other)
    return float(s[mask].mean()), float(s[ring(mask, 5)].mean())
