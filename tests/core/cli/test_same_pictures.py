#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures that stay the same, byte for byte, whatever is rebuilt: test_same_pictures.py EXECUTABLE
[--record].

same-pictures.json lists requests to the command, by id, and of each the SHA-256 of what is in the
picture that it makes: size, depth, channels and samples, not the file, whose texts may change.
Where a picture is meant to change, --record writes all hashes anew, and the difference of the list
tells which ones did.  "models" are the commands that make a model first.

Bytes must not depend on the machine either.  DIF_CPU=plain takes the loops that are compiled for
every x86-64, without fused multiplication, whose sums no compiler may put into another order, and
OPENBLAS_CORETYPE=Prescott the kernels that every OpenBLAS for several processors has.  What is left
is the C library, whose exp() and the like for processors that fuse differ now and then in the last
bit of a double from those for processors that do not; what is done with them is rounded to float.
Measured: not one sample of these pictures differed where glibc did without FMA and AVX2, with
OpenBLAS 0.3.21 and 0.3.29, with its pthreads and OpenMP flavours, and without optimization.  Other
kinds of processors, and an OpenBLAS that does not have these kernels, are skipped.

DIF_MODELS names the folder with the embedded model.  Prints TAP.
"""

import functools
import hashlib
import json
import os
import platform
import shutil
import sys

from pathlib import Path

from tool import check, expect, run, run_tests, write_png

from pictures import load_png

HERE = Path(__file__).resolve().parent
LIST = HERE / "same-pictures.json"
EMBEDDED = Path(os.environ["DIF_MODELS"]).resolve() / "embedded"
GOLDEN = HERE.parents[1] / "golden" / "models"
WEIGHTS = "diffusion_pytorch_model.safetensors"
SAME = {"DIF_CPU": "plain", "OPENBLAS_CORETYPE": "Prescott"}


# ---------------------------------------------------------------- pictures, in whole numbers

def noise(x, y, seed):
    """0 to 255"""
    h = (x * 374761393 + y * 668265263 + seed * 362437) & 0xffffffff
    h = ((h ^ h >> 13) * 1274126177) & 0xffffffff
    return (h ^ h >> 16) & 255


def photo(x, y, depth=8):
    """A slope of colors, a ball and a post before it, a little grain"""
    near = (x - 24) ** 2 + (y - 20) ** 2
    color = [40 + 2 * x, 200 - 2 * y, 90 + x + y]
    if near < 200:
        color = [230 - near // 2, 120 - near // 3, 60]
    elif 44 <= x < 50:
        color = [70, 60 + y, 50]
    return tuple(min(max(value * 256 + 24 * noise(x, y, c) - 3072, 0), 65535) >> 16 - depth
                 for c, value in enumerate(color))


def weave(x, y):
    """A texture with a grain that repeats nowhere"""
    over = (x // 6 + y // 6) % 2
    along = (y if over else x) % 6
    level = 90 + 70 * over + 12 * min(along, 5 - along)
    return tuple(max(0, min(255, level - 15 * c + noise(x, y, c) // 8)) for c in range(3))


def draw(name, width, height, sample, **how):
    """sample (x, y): the channels of a pixel"""
    size = how.get("depth", 8) // 8
    write_png(name, width, height, b"".join(value.to_bytes(size, "big") for y in range(height)
                                            for x in range(width) for value in sample(x, y)), **how)


def ellipse(x, y, a, b, rx, ry):
    """0 in the middle, 1000 at the edge and above outside"""
    return ((x - a) ** 2 * 1000) // rx ** 2 + ((y - b) ** 2 * 1000) // ry ** 2


def hard(x, y):
    return (255 * (ellipse(x, y, 34, 26, 15, 11) < 1000),)


def soft(x, y):
    return (max(0, min(255, (1400 - ellipse(x, y, 34, 26, 22, 17)) * 255 // 1000)),)


def shown(x, y):
    """An alpha: a hole, and a fading edge at the left"""
    return 0 if ellipse(x, y, 38, 22, 9, 8) < 1000 else min(255, 60 + 20 * x)


def make_pictures():
    draw("photo.png", 72, 56, photo)
    draw("odd.png", 61, 45, photo)
    draw("weave.png", 96, 80, weave)
    draw("alpha.png", 64, 48, lambda x, y: (*photo(x, y), shown(x, y)), channels=4)
    draw("deep.png", 56, 44, lambda x, y: photo(x, y, 16), depth=16)
    draw("gray.png", 64, 48, lambda x, y: photo(x, y)[1:2], channels=1)
    draw("gray-alpha.png", 50, 42, lambda x, y: (photo(x, y)[0], shown(x, y)), channels=2)
    for name, width, height in (("", 72, 56), ("-odd", 61, 45), ("-64", 64, 48), ("-deep", 56, 44)):
        draw(f"hard{name}.png", width, height, hard, channels=1)
        draw(f"soft{name}.png", width, height, soft, channels=1)
    draw("hole.png", 96, 80, lambda x, y: (255 * (36 <= x < 60 and 30 <= y < 50),), channels=1)
    draw("edge.png", 96, 80, lambda x, y: (255 * (not 12 <= x < 84 and 30 <= y < 50),), channels=1)
    draw("left.png", 72, 56, lambda x, y: (max(0, min(255, (36 - x) * 20 + 128)),), channels=1)
    draw("top.png", 72, 56, lambda x, y: (255 * (y < 24),), channels=1)
    os.makedirs("data", exist_ok=True)
    draw("data/1.png", 48, 48, weave)


# ---------------------------------------------------------------- models

def write_json(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), encoding="utf-8")


def make_old():
    """An inpainting model as the first versions wrote it: nothing in it but how many channels it
    reads tells that it is one"""
    write_json(Path("old/model_index.json"), {"_class_name": "DDPMPipeline"})
    write_json(Path("old/scheduler/scheduler_config.json"), {
        "_class_name": "DDPMScheduler", "num_train_timesteps": 1000,
        "beta_schedule": "squaredcos_cap_v2", "prediction_type": "v_prediction",
        "variance_type": "fixed_small", "clip_sample": True, "clip_sample_range": 1.0})
    write_json(Path("old/unet/config.json"), {
        "_class_name": "UNet2DModel", "sample_size": 64, "in_channels": 7, "out_channels": 3,
        "flip_sin_to_cos": True, "freq_shift": 0, "down_block_types": ["DownBlock2D"] * 4,
        "up_block_types": ["UpBlock2D"] * 4, "block_out_channels": [32, 64, 96, 128],
        "layers_per_block": 1, "add_attention": False, "norm_num_groups": 8, "norm_eps": 1e-5,
        "num_class_embeds": 28})
    shutil.copy(EMBEDDED / "unet" / "diffusion_pytorch_model.fp16.safetensors", "old/unet")
    shutil.copy(EMBEDDED / "labels.json", "old")
    shutil.copytree(EMBEDDED / "classifier", "old/classifier")


def make_golden(folder, network, pipeline, **scheduler):
    """A network of the golden numbers, with attention, in a process of our choice"""
    write_json(Path(folder, "model_index.json"), {"_class_name": pipeline})
    write_json(Path(folder, "scheduler/scheduler_config.json"), scheduler)
    Path(folder, "unet").mkdir()
    for name in ("config.json", WEIGHTS):
        shutil.copy(GOLDEN / network / name, f"{folder}/unet")
    if "class" in network:
        write_json(Path(folder, "labels.json"), {"null": 0, "labels": {"3": "moss", "7": "rust"}})


def make_models(commands):
    make_old()
    make_golden("ddpm", "unet2d_ddpm", "DDPMPipeline", _class_name="DDPMScheduler",
                beta_schedule="linear", variance_type="fixed_large", clip_sample=True)
    make_golden("ve", "unet2d_class", "ScoreSdeVePipeline", _class_name="ScoreSdeVeScheduler",
                sigma_min=0.01, sigma_max=1.0, num_train_timesteps=2000)
    make_golden("edm", "unet2d_class", "DDPMPipeline", _class_name="EDMEulerScheduler",
                sigma_min=0.002, sigma_max=80.0, sigma_data=0.5)
    make_golden("one-level", "unet2d_class", "DDPMPipeline", _class_name="DDPMScheduler",
                trained_betas=[0.1], clip_sample=True)
    make_golden("distilled", "unet2d_class", "DDPMPipeline", _class_name="LCMScheduler",
                clip_sample=True)
    for words in commands:
        expect(0, *words, "-q", "-j", "1", **SAME)


# ---------------------------------------------------------------- requests

def make(words):
    """A Png"""
    expect(0, *words, "-q", "-j", "1", "-o", "made.png", **SAME)
    return load_png("made.png")


def digest(png):
    head = f"{png.width} {png.height} {png.depth} {png.channels}\n"
    return hashlib.sha256(head.encode() + png.pixels).hexdigest()


def prepare(wanted):
    """the processor, pictures and models"""
    make_pictures()
    make_models(wanted["models"])


def compare(request):
    check(digest(make(request["arguments"])) == request["sha256"],
          f"“{' '.join(request['arguments'])}” makes another picture than it did.  If it is meant "
          "to, write the list anew with --record")


def missing():
    """why pictures cannot be compared here, or nothing"""
    if platform.machine() not in ("x86_64", "AMD64"):
        return "another kind of processor"
    said = run("noise", "--help", **SAME, OPENBLAS_VERBOSE="2").stderr.decode()
    return "" if "Core: Prescott" in said else "an OpenBLAS without kernels for Prescott"


# ---------------------------------------------------------------- writing the list

def record(request, seen):
    png = make(request["arguments"])
    value = digest(png)
    between = sum(0 < byte < 255 for byte in png.pixels) / len(png.pixels)
    print(f"# {request['id']}: {value[:12]}, {between:.0%} between black and white"
          f"{'' if request.get('sha256') in (None, value) else ', another than before'}")
    check(between > 0.3, "nearly all is black or white: much could change unseen")
    check(value not in seen, f"the same picture as {seen.get(value)}")
    seen[value] = request["id"]
    request["sha256"] = value


def write_list(wanted):
    def lines(entries):
        return ",\n".join("  " + json.dumps(entry, ensure_ascii=False) for entry in entries)
    LIST.write_text(f"{{\n \"models\": [\n{lines(wanted['models'])}\n ],\n"
                    f" \"requests\": [\n{lines(wanted['requests'])}\n ]\n}}\n", encoding="utf-8")


def main():
    wanted = json.loads(LIST.read_text(encoding="utf-8"))
    requests, seen = wanted["requests"], {}
    recording = "--record" in sys.argv[2:]
    why = missing()
    if why:
        print(f"1..0 # SKIP {why}")
        return 1 if recording else 0
    tests = [("the pictures and models to begin with", functools.partial(prepare, wanted))]
    for request in requests:
        test = functools.partial(record, request, seen) if recording else \
            functools.partial(compare, request)
        tests.append((request["id"], test))
    bad = run_tests(tests)
    if recording and not bad:
        write_list(wanted)
    return bad


if __name__ == "__main__":
    sys.exit(main())
