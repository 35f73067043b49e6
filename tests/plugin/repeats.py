# SPDX-License-Identifier: GPL-3.0-or-later
"""The same again: seeds, threads, last values, and no display."""

import os
import signal
import threading
import time

from support import NETWORK, call, new_image, raw, select, settings

from gi.repository import Gimp


def threads(tap):
    """same seed, same bytes, at any number of threads"""
    image, source = new_image()
    select(image, 8, 8, 20, 20)
    for name in NETWORK:
        seen = [raw(call(name, image, [source], seed=9, threads=n).layer) for n in (1, 2, 4, 1)]
        tap.ok(seen.count(seen[0]) == 4, f"{name} with 1, 2, 4 and again 1 thread")
        other = raw(call(name, image, [source], seed=10, threads=1).layer)
        tap.ok(other != seen[0], f"{name} with another seed is another picture")


def seeds(tap):
    """fresh seeds are recorded, and a given one is honored"""
    image, source = new_image()
    ways = ({}, {}, {"random_seed": True}, {"random_seed": False}, {"seed": -1})
    layers = [call("noise", image, [source], **way).layer for way in ways]
    numbers = [settings(layer)["seed"] for layer in layers]
    tap.equal(len(set(numbers)), len(ways), "each run has a seed of its own")
    tap.ok(all(f"seed {n}" in layer.get_name() for n, layer in zip(numbers, layers)),
           "it is in the layer's name")
    again = call("noise", image, [source], seed=numbers[0]).layer
    tap.equal(raw(again), raw(layers[0]), "given again it gives the same bytes")
    for seed in (0, 7, 2147483647):
        for way in ({}, {"random_seed": True}):
            layer = call("noise", image, [source], seed=seed, **way).layer
            tap.equal(settings(layer)["seed"], seed, f"a script's own {seed} {way or ''}")


def samplers(tap):
    """each sampler in the list runs, or says that it is not for this model"""
    image, source = new_image()
    procedure = Gimp.get_pdb().lookup_procedure("plug-in-diffusion-reimagine")
    spec = procedure.find_argument("sampler")
    names = Gimp.param_spec_choice_get_choice(spec).list_nicks()
    tap.ok(len(names) >= 1, "there are samplers")
    for name in names:
        result = call("reimagine", image, [source], sampler=name, steps=2)
        if name in ("langevin", "lcm"):
            tap.ok(not result.good and name in result.message, f"{name} does not", result.message)
        else:
            tap.ok(result.good, f"{name}", result.message)


def last_values(tap):
    """run mode with last values"""
    image, source = new_image()
    results = [call("noise", image, [source], run_mode=Gimp.RunMode.WITH_LAST_VALS)
               for _ in range(2)]
    for result in results:
        tap.ok(result.good and result.layer is not None, "it runs", result.message)
    tap.ok(raw(results[0].layer) != raw(results[1].layer), "with a new seed each time")


def no_display(tap):
    """the dialog without a display"""
    image, source = new_image()
    result = call("noise", image, [source], run_mode=Gimp.RunMode.INTERACTIVE)
    tap.ok(not result.good, "asking for it is an error, not a hang")
    tap.equal(len(image.get_layers()), 1, "the image is as it was")


def plug_ins():
    """The ids of this profile's gimp-diffusion processes."""
    own = f"GIMP3_DIRECTORY={os.environ['GIMP3_DIRECTORY']}".encode()
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                environment = file.read().split(b"\0")
            name = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        except OSError:  # it has ended
            continue
        if name == "gimp-diffusion" and own in environment:
            yield int(pid)


def killed(tap):
    """a plug-in that dies while it computes"""
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSEGV):
        image, source = new_image()
        before = raw(source)
        hit = []

        def strike():
            for pid in plug_ins():
                os.kill(pid, number)
                hit.append(time.monotonic())

        timer = threading.Timer(1.0, strike)
        timer.start()
        result = call("reimagine", image, [source], steps=1000, threads=2, output="replace")
        end = time.monotonic()
        timer.join()
        tap.ok(hit and not result.good and end - hit[0] < 2.0, f"{number.name} ends it at once",
               f"{hit}, {end}, {result.message}")
        tap.ok(raw(source) == before and len(image.get_layers()) == 1
               and not list(plug_ins()), "and leaves the image as it was, and no process")
        image.delete()


TESTS = [threads, seeds, samplers, last_values, no_display, killed]
