#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills and measures of fills against what is known of them.  Prints TAP."""

import os
import sys

import numpy as np

from fills import (FILLS, REACH, SHAPES, Telea, best_shift, fill_heal, fill_laplace, fill_mean,
                   fill_telea, grown, neighbors, psnr, ring, ssim, ssim_map)
from sheet import read, write, halved, text

SIDE = 40


def noise(seed=1):
    return np.random.default_rng(seed).uniform(0, 1, (SIDE, SIDE, 3))


def ramp():
    """a plane: harmonic, and with gradients that are the same everywhere"""
    y, x = np.mgrid[:SIDE, :SIDE] / SIDE
    return np.stack([0.2 + 0.5 * x, 0.8 - 0.4 * y, 0.1 + 0.3 * x + 0.4 * y], axis=2)


def hole(top=12, left=14, height=11, width=13):
    mask = np.zeros((SIDE, SIDE), bool)
    mask[top:top + height, left:left + width] = True
    return mask


def near(a, b, tolerance=1e-9):
    worst = np.abs(np.asarray(a) - b).max()
    assert worst <= tolerance, f"{worst} apart"


def test_psnr():
    """psnr counts the hole alone: 20 dB for a tenth everywhere"""
    picture, mask = noise(), hole()
    other = picture + np.where(mask, 0.1, 7)[..., None]
    near(psnr(picture, other, mask), 20)
    near(psnr(picture, picture + 0.01, mask), 40)


def test_ssim_same():
    """ssim is 1 for the same picture, and falls with noise"""
    a, b = noise(), noise(2)
    near(ssim_map(a, a), 1)
    inside = [ssim(a, a + s * (b - a), hole())[0] for s in (0.1, 0.3, 1)]
    assert 1 > inside[0] > inside[1] > inside[2], inside


def test_ssim_luminance():
    """ssim of flat pictures is the luminance term alone"""
    a, b = np.full((SIDE, SIDE, 3), 0.4), np.full((SIDE, SIDE, 3), 0.6)
    near(ssim_map(a, b), (2 * 0.24 + 1e-4) / (0.16 + 0.36 + 1e-4))


def test_ssim_contrast():
    """ssim of a picture and its negative about the window's mean is near -1"""
    y, x = np.mgrid[:SIDE, :SIDE]
    board = np.where((x + y) % 2, 0.6, 0.4)[..., None] * np.ones(3)
    middle = ssim_map(board, 1 - board)[10:-10, 10:-10]
    near(middle, (-2 * 0.01 + 9e-4) / (2 * 0.01 + 9e-4), 1e-4)


def test_ssim_where():
    """a fault in the hole counts inside, and around it as far as windows reach"""
    picture, mask = noise(), hole()
    other = np.where(mask[..., None], 0.5, picture)
    inside, around = ssim(picture, other, mask)
    far = ssim_map(picture, other)[~grown(mask, 5)]
    assert inside < 0.4 < 0.9 < around < 0.999, (inside, around)
    near(far, 1)


def test_mean():
    """the mean is of the ring alone"""
    mask = hole()
    picture = np.where(ring(mask)[..., None], noise(), 9)
    filled = fill_mean(picture, mask)
    near(filled[mask], picture[ring(mask)].mean(axis=0))
    near(filled[~mask], picture[~mask])


def test_laplace_plane():
    """diffusion fills a plane with itself"""
    near(fill_laplace(ramp(), hole()), ramp(), 1e-5)


def test_laplace_harmonic():
    """diffusion makes each pixel the mean of its neighbors, at the picture's border too"""
    picture = noise()
    for mask in (hole(), hole(top=0, left=30, width=10)):
        filled = fill_laplace(np.where(mask[..., None], 0, picture), mask)
        degree = neighbors(np.ones(mask.shape))[..., None]
        near((neighbors(filled) / degree)[mask], filled[mask], 1e-4)
        near(filled[~mask], picture[~mask])
        outer = picture[ring(mask, 1)]
        assert outer.min() <= filled[mask].min() and filled[mask].max() <= outer.max()


def test_laplace_line():
    """between two sides a and b diffusion is linear"""
    picture = np.zeros((SIDE, SIDE, 3))
    picture[:, 30:] = 1
    mask = hole(top=0, left=10, height=SIDE, width=20)
    near(fill_laplace(picture, mask)[7, 10:30, 0], np.arange(1, 21) / 21, 1e-5)


def test_telea_flat():
    """Telea's method fills a flat color with itself, to the borders"""
    for mask in (hole(), hole(top=0, left=0), hole(top=30, left=29, height=10, width=11)):
        picture = np.where(mask[..., None], 0, [0.2, 0.5, 0.7])
        near(fill_telea(picture, mask), np.array([0.2, 0.5, 0.7]))


def test_telea_plane():
    """a plane is filled nearly with itself, far better than with one color"""
    mask = hole()
    filled = fill_telea(np.where(mask[..., None], 0, ramp()), mask)
    near(filled, ramp(), 0.05)
    assert psnr(ramp(), filled, mask) > psnr(ramp(), fill_mean(ramp(), mask), mask) + 6


def test_telea_edge():
    """an edge that meets the hole at a right angle goes on into it"""
    picture = np.zeros((SIDE, SIDE, 3))
    picture[:, 20:] = 1
    mask = hole(top=15, left=8, height=6, width=24)
    filled = fill_telea(np.where(mask[..., None], 0.5, picture), mask)
    assert psnr(picture, filled, mask) > psnr(picture, fill_laplace(picture, mask), mask)
    near(filled[17, 8:14], 0, 0.1)
    near(filled[17, 26:32], 1, 0.1)


def test_telea_distance():
    """its fronts meet in the middle: T is the distance from the border"""
    telea = Telea(noise(), hole(top=10, left=0, height=9, width=SIDE))
    telea.run()
    near(telea.distance[REACH + 1 + 10:REACH + 1 + 19, 20], [1, 2, 3, 4, 5, 4, 3, 2, 1], 1e-6)


def test_heal_plane():
    """a patch of a plane, less what it is off by, is that plane; also where it takes several"""
    for mask in (hole(), hole(top=0, left=0), hole(top=8, left=6, height=26, width=28)):
        near(fill_heal(np.where(mask[..., None], 0.5, ramp()), mask), ramp(), 1e-3)


def test_heal_pattern():
    """stripes are healed with stripes of the same strength"""
    stripes = 0.5 + 0.3 * np.sin(np.arange(SIDE) / 2)[:, None, None] * np.ones((SIDE, SIDE, 3))
    filled = fill_heal(np.where(hole()[..., None], 0.5, stripes), hole())
    assert filled[hole()].std() > 0.6 * stripes[hole()].std()


def test_heal_shift():
    """the source is known all over and as near as it can be"""
    assert best_shift(hole(), ~hole()) in ((-11, 0), (11, 0))
    assert best_shift(hole(top=0), ~hole(top=0)) == (11, 0)


def test_known_stay():
    """no fill looks into the hole or touches what is known"""
    picture, mask = noise(), hole()
    for name, fill in FILLS.items():
        filled = fill(np.where(mask[..., None], 0.9, picture), mask)
        near(filled[~mask], picture[~mask])
        other = fill(np.where(mask[..., None], 0.1, picture), mask)
        worst = np.abs(filled - other).max()
        assert worst < 1e-4, f"{name}: {worst}"


def test_shapes():
    """holes are as large as asked for, differ with the numbers drawn and leave something"""
    for name, shape in SHAPES.items():
        for size in (64, 96):
            masks = [shape(size, 0.2, np.random.default_rng(k)) for k in range(4)]
            assert all(abs(m.mean() - 0.2) < 0.02 for m in masks), name
            assert any((masks[0] != m).any() for m in masks[1:]), name


def test_sheet():
    """pictures come back from files, halves are means, texts have ink"""
    path = f"test-fills-{os.getpid()}.png"
    try:
        write(path, noise())
        near(read(path), noise(), 0.5 / 255 + 1e-9)
    finally:
        os.remove(path)
    near(halved(ramp())[3, 4], ramp()[6:8, 8:10].mean(axis=(0, 1)))
    assert text("a", 20, 12).min() == 0 and (text("a", 20, 12) != text("b", 20, 12)).any()
    assert text("a.b-c 1=2", 90, 12).shape == (12, 90, 3)


def main():
    tests = [f for name, f in globals().items() if name.startswith("test_")]
    failed = 0
    for number, test in enumerate(tests, 1):
        words = " ".join(test.__doc__.split())
        try:
            test()
        except AssertionError as error:
            failed += 1
            print(f"# {error}\nnot ok {number} - {words}")
        else:
            print(f"ok {number} - {words}")
    print(f"1..{len(tests)}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
