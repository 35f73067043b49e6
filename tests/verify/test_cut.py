#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""verify on data of other shapes than tests/golden: test_cut.py VERIFY GOLDEN.  Prints TAP."""

import os
import re
import subprocess
import sys
import tempfile

import numpy as np

from cut import INPUTS, cut, expected_of
from formulas import GROUPS
from group import Group

VERIFY, GOLDEN = sys.argv[1:]
SEEDS = range(8)


def check(right, words):
    if not right:
        raise AssertionError(words)


def verify(folder):
    """Exit status, and lines by what they are about."""
    done = subprocess.run([VERIFY, "--strict", folder], stdout=subprocess.PIPE, check=False)
    lines = done.stdout.decode().splitlines()
    check(lines, f"verify ended with {done.returncode} and said nothing")
    return done.returncode, lines


def groups_of(folder):
    for kind in ("losses", "samplers"):
        for name in sorted(os.listdir(os.path.join(folder, kind))):
            if name.endswith(".json"):
                yield kind, name[:-5], Group(os.path.join(folder, kind, name[:-5]))


def test_formulas():
    """computed here is what was recorded, as long as nothing is cut"""
    n = 0
    for name in GROUPS:
        group = Group(os.path.join(GOLDEN, "losses", name))
        for entry in group.entries:
            new = expected_of(name, group, entry)
            for tensor, value in group.of(entry).items():
                if tensor in new:
                    check(np.shape(new[tensor]) == value.shape, f"{entry['id']}: shape of {tensor}")
                    check(np.allclose(new[tensor], value, rtol=1e-9, atol=0.0),
                          f"{entry['id']}: {tensor}")
                    n += 1
                check(tensor in new or INPUTS.match(tensor) or "model" in entry,
                      f"{entry['id']}: {tensor} is not computed")
    check(n > 400, f"only {n} tensors are computed")


def cut_passes(seed, folder):
    cut(GOLDEN, folder, seed, others=False)
    status, lines = verify(folder)
    n = sum(len(group.entries) for _, _, group in groups_of(folder))
    check(status == 0 and lines[-1] == f"{n} passed, 0 failed, 0 unknown",
          "\n".join(line for line in lines if "FAIL" in line or line == lines[-1]))
    check(n == sum(len(group.entries) for _, _, group in groups_of(GOLDEN)), "entries are lost")


def nudge(value, spec):
    """The largest number a little larger, by more than its tolerance."""
    new = value.copy()
    at = np.unravel_index(np.argmax(np.abs(value)), value.shape)
    new[at] += 1e-7 * abs(value[at]) + 4.0 * spec.get("atol", 0.0) + 1e-15
    return new


def cut_notices(seed, folder):
    """One number of each entry is changed, of a tensor that is drawn."""
    cut(GOLDEN, folder, seed, others=False)
    rng, changed = np.random.default_rng(seed), {}
    for name in GROUPS:
        path = os.path.join(folder, "losses", name)
        group = Group(path)
        for entry in group.entries:
            names = [tensor for tensor in entry["tensors"] if not INPUTS.match(tensor)]
            if names:
                tensor = names[rng.integers(len(names))]
                value = group.of(entry)[tensor]
                group.numbers[f"{entry['id']}/{tensor}"] = nudge(value, entry["tensors"][tensor])
                changed[f"losses/{name}/{entry['id']}"] = tensor
        group.write(path)
    status, lines = verify(folder)
    check(status == 1, "the status is that of success")
    for entry, tensor in changed.items():
        line = next(line for line in lines if line.split()[0] == entry)
        check(line.endswith(f"FAIL: {tensor}"), f"{entry}: {tensor} was changed: {line}")


def entry_of(group, name):
    return next(entry for entry in group.entries if entry["id"] == name)


def without(tensor):
    def change(group, entry):
        group.put(entry, {name: value for name, value in group.of(entry).items() if name != tensor})
    return change


def shaped(tensor, change):
    return lambda group, entry: group.put(
        entry, group.of(entry) | {tensor: change(group.of(entry)[tensor])})


def renamed(tensor, name):
    def change(group, entry):
        entry["tensors"][name] = entry["tensors"].pop(tensor)
        group.numbers[f"{entry['id']}/{name}"] = group.numbers.pop(f"{entry['id']}/{tensor}")
    return change


def said(**keys):
    return lambda group, entry: entry.update(keys)


def told(tensor, **keys):
    return lambda group, entry: entry["tensors"][tensor].update(keys)


# Group, entry, what is done to it, and what the line about it must mention.
WRONG = [
    ("losses/simple", "sd", without("noise"), "noise"),
    ("losses/simple", "sd", shaped("t", lambda t: t[:-1]), "t: has the shape"),
    ("losses/simple", "sd", shaped("t", lambda t: t + 5000), "timesteps"),
    ("losses/simple", "sd", shaped("snr", lambda snr: snr[:, None]), "snr"),
    ("losses/simple", "sd", shaped("x0", lambda x0: x0[:0]), "x0"),
    ("losses/simple", "sd", told("out", shape=[1, 2]), "out"),
    ("losses/simple", "sd", told("out", dtype="F32"), "sd/out"),
    ("losses/simple", "sd", renamed("snr", "ratio"), "ratio"),
    ("losses/explicit_score", "al0.8_sg0.6", shaped("x", lambda x: x[..., 1:]), "score"),
    ("losses/vlb", "short_fixed_large_clip_erf", said(config={}), "x0_bytes"),
    ("losses/vlb", "short_fixed_large_clip_erf", shaped("vb", lambda vb: vb.T), "vb"),
    ("losses/vlb", "short_fixed_small_clip_tanh", shaped("noise", lambda z: z[:, :1]), "noise"),
    ("losses/score_matching", "dsm_levels", shaped("z", lambda z: z[:, 1:]), "z: has the shape"),
    ("losses/score_matching", "dsm_levels", shaped("sigmas", lambda s: -s), "sigmas"),
    ("losses/score_matching", "mlp", shaped("w/2.weight", lambda w: w[:, 1:]), "w/2.weight"),
    ("losses/score_matching", "mlp", shaped("w/2.bias", lambda w: w[1:]), "w/2.bias"),
    ("losses/score_matching", "mlp", without("w/4.bias"), "w/4.bias"),
    ("losses/score_matching", "mlp", said(note="score net: Linear(2,H), tanh, Linear(H,2)"), "2"),
    ("losses/score_matching", "ssm_sphere", shaped("projections", lambda v: 2 * v), ""),
    ("losses/score_matching", "ssm_sphere", shaped("projections", lambda v: v[0]), "projections"),
    ("losses/optim", "inputs", without("g.1.0"), "g.1.0"),
    ("losses/optim", "inputs", shaped("g.1.0", lambda g: g[1:]), "g.1.0: has the shape"),
    ("losses/optim", "adam_clip", said(grad_norms=[1.0]), "grad_norms"),
    ("losses/optim", "adam", renamed("after.5.0", "after.6.0"), "after.6.0"),
    ("losses/optim", "adam", renamed("m.2", "m.3"), "m.3"),
    ("samplers/variants", "ddim_trailing_7_eta", shaped("noise", lambda z: z[..., 1:]), "noise"),
    ("samplers/inpaint", "ddim_1.0", shaped("mask", lambda mask: mask[..., 1:]), "mask"),
    ("samplers/trajectories", "ddpm_v", said(n=0), '"n"'),
    ("modules/resnet", "resnet_temb", shaped("in/x", lambda x: x[:, 1:]), "in/x"),
]


def test_contradictions(folder):
    """what does not fit together fails, and the line says what it is about"""
    for number, (name, entry, change, words) in enumerate(WRONG):
        out = os.path.join(folder, str(number))
        group = Group(os.path.join(GOLDEN, name))
        change(group, entry_of(group, entry))
        group.write(os.path.join(out, name))
        status, lines = verify(out)
        line = next(line for line in lines if line.split()[0] == f"{name}/{entry}")
        check(status == 1 and "FAIL" in line and words in line.split("FAIL", 1)[1],
              f"case {number}, {entry}: {line}")


def test_unlisted(folder):
    """a tensor that no entry lists fails"""
    os.makedirs(os.path.join(folder, "losses"))
    group = Group(os.path.join(GOLDEN, "losses", "simple"))
    group.numbers["sd/more"] = np.zeros(3)
    group.write(os.path.join(folder, "losses", "simple"))
    status, lines = verify(folder)
    check(status == 1 and any("sd/more" in line for line in lines), "\n".join(lines))


def tests():
    yield test_formulas.__doc__, lambda folder: test_formulas()
    for seed in SEEDS:
        yield (f"cut {seed} passes", lambda folder, seed=seed: cut_passes(seed, folder))
    for seed in SEEDS:
        yield (f"a changed number is seen in cut {seed}",
               lambda folder, seed=seed: cut_notices(seed, folder))
    yield test_contradictions.__doc__, test_contradictions
    yield test_unlisted.__doc__, test_unlisted


def main():
    failed = 0
    number = 0
    for number, (words, test) in enumerate(tests(), 1):
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                print(f"ok {number} - {words}", flush=True)
            except AssertionError as error:
                failed += 1
                print(re.sub("^", "# ", str(error), flags=re.M))
                print(f"not ok {number} - {words}", flush=True)
    print(f"1..{number}")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
