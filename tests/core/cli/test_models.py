#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Model folders as diffusers and people leave them, and the names they are called by:
test_models.py EXECUTABLE.

DIF_MODELS names the folder with the embedded model, of which others are made.  Prints TAP.
"""

import json
import locale
import os
import random
import resource
import shutil
import struct
import subprocess
import sys
import urllib.parse

from xml.etree import ElementTree

from tool import TOOL, check, expect, read_png, run, run_tests, write_png

EMBEDDED = os.path.join(os.environ["DIF_MODELS"], "embedded")
STEM = "diffusion_pytorch_model"
SCHEDULER = "scheduler/scheduler_config.json"
SAVED = os.path.join(os.environ["DIF_MODELS"], "..", "tests", "core", "diffusion",
                     "schedulers.json")


# ---------------------------------------------------------------- folders

def fresh(name="m"):
    """a copy of the embedded model, without its weights; returns these"""
    shutil.rmtree(name, ignore_errors=True)
    shutil.copytree(EMBEDDED, name)
    tensors = {}
    for file in os.listdir(f"{name}/unet"):
        if file.endswith(".safetensors"):
            tensors.update(read_tensors(f"{name}/unet/{file}"))
            os.remove(f"{name}/unet/{file}")
    check(len(tensors) > 50, "the embedded model has tensors")
    return tensors


def read_tensors(path):
    """name: (dtype, shape, bytes)"""
    with open(path, "rb") as file:
        data = file.read()
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    return {name: (entry["dtype"], entry["shape"],
                   data[8 + length + entry["data_offsets"][0]:
                        8 + length + entry["data_offsets"][1]])
            for name, entry in header.items()}


def write_tensors(path, tensors, behind=b""):
    header, data = {}, []
    at = 0
    for name, (dtype, shape, numbers) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [at, at + len(numbers)]}
        at += len(numbers)
        data.append(numbers)
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(data) + behind)


def as_type(tensors, dtype, letter):
    """the same numbers in another kind; those of the embedded model are halves"""
    out = {}
    for name, (kind, shape, numbers) in tensors.items():
        check(kind == "F16", "the embedded model is of halves")
        values = struct.unpack(f"<{len(numbers) // 2}e", numbers)
        out[name] = (dtype, shape, struct.pack(f"<{len(values)}{letter}", *values))
    return out


def change(path, **keys):
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    config.update(keys)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(config, file)


def write_json(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


def picture(model, *words, **environment):
    expect(0, "generate", "-q", "-m", model, "-p", "grass", "--size", "16", "-n", "2", "-o",
           "made.png", *words, **environment)
    return read_png("made.png")


def refused(code, said, *words, **environment):
    done = expect(code, *words, **environment)
    for word in said:
        check(word in done.stderr.decode(), f"{words}: {word!r} in {done.stderr.decode()!r}")


# ---------------------------------------------------------------- networks with a variance

def resnet(name, c_in, c_out, emb):
    """the tensors of a residual block that is scaled and shifted by the timestep"""
    shapes = {"norm1.weight": [c_in], "norm1.bias": [c_in], "conv1.weight": [c_out, c_in, 3, 3],
              "conv1.bias": [c_out], "time_emb_proj.weight": [2 * c_out, emb],
              "time_emb_proj.bias": [2 * c_out], "norm2.weight": [c_out], "norm2.bias": [c_out],
              "conv2.weight": [c_out, c_out, 3, 3], "conv2.bias": [c_out]}
    if c_in != c_out:
        shapes.update({"conv_shortcut.weight": [c_out, c_in, 1, 1], "conv_shortcut.bias": [c_out]})
    return {f"{name}.{leaf}": shape for leaf, shape in shapes.items()}


def attention(name, c):
    shapes = {f"{name}.group_norm.{leaf}": [c] for leaf in ("weight", "bias")}
    for layer in ("to_q", "to_k", "to_v", "to_out.0"):
        shapes.update({f"{name}.{layer}.weight": [c, c], f"{name}.{layer}.bias": [c]})
    return shapes


def guided_shapes(a, b, emb):
    """guided-diffusion's network as diffusers has it, of two levels with a and b channels"""
    shapes = {"conv_in.weight": [a, 3, 3, 3], "conv_in.bias": [a],
              "time_embedding.linear_1.weight": [emb, a], "time_embedding.linear_1.bias": [emb],
              "time_embedding.linear_2.weight": [emb, emb], "time_embedding.linear_2.bias": [emb],
              "conv_norm_out.weight": [a], "conv_norm_out.bias": [a],
              "conv_out.weight": [6, a, 3, 3], "conv_out.bias": [6], "class_embedding.weight": [3, emb]}
    blocks = [("down_blocks.0.resnets.0", a, a), ("down_blocks.0.downsamplers.0", a, a),
              ("down_blocks.1.resnets.0", a, b), ("mid_block.resnets.0", b, b),
              ("mid_block.resnets.1", b, b), ("up_blocks.0.resnets.0", 2 * b, b),
              ("up_blocks.0.resnets.1", b + a, b), ("up_blocks.0.upsamplers.0", b, b),
              ("up_blocks.1.resnets.0", b + a, a), ("up_blocks.1.resnets.1", 2 * a, a)]
    for name, c_in, c_out in blocks:
        shapes.update(resnet(name, c_in, c_out, emb))
    for name in ("down_blocks.1.attentions.0", "mid_block.attentions.0", "up_blocks.0.attentions.0",
                 "up_blocks.0.attentions.1"):
        shapes.update(attention(name, b))
    return shapes


def make_guided(folder):
    """with random weights"""
    config = {"_class_name": "UNet2DModel", "in_channels": 3, "out_channels": 6, "sample_size": 16,
              "layers_per_block": 1, "block_out_channels": [8, 16], "norm_num_groups": 4,
              "attention_head_dim": 8, "attn_norm_num_groups": 4, "num_class_embeds": 3,
              "down_block_types": ["ResnetDownsampleBlock2D", "AttnDownBlock2D"],
              "up_block_types": ["AttnUpBlock2D", "ResnetUpsampleBlock2D"],
              "downsample_type": "resnet", "upsample_type": "resnet",
              "resnet_time_scale_shift": "scale_shift"}
    scheduler = {"_class_name": "DDPMScheduler", "beta_schedule": "linear", "clip_sample": True,
                 "variance_type": "learned_range"}
    numbers = random.Random(11)
    tensors = {}
    for name, shape in guided_shapes(8, 16, 32).items():
        size = 1
        for side in shape:
            size *= side
        spread = 0.05 if len(shape) == 1 else (shape[0] / size) ** 0.5
        values = [numbers.gauss(1.0 if "norm" in name and name.endswith("weight") else 0.0, spread)
                  for _ in range(size)]
        tensors[name] = ("F32", shape, struct.pack(f"<{size}f", *values))
    for part in ("unet", "scheduler"):
        os.makedirs(f"{folder}/{part}")
    write_json(f"{folder}/unet/config.json", config)
    write_json(f"{folder}/{SCHEDULER}", scheduler)
    write_json(f"{folder}/model_index.json", {"_class_name": "DDPMPipeline"})
    write_json(f"{folder}/labels.json", {"null": 0, "labels": {"1": "grass", "2": "moss"}})
    write_tensors(f"{folder}/unet/{STEM}.safetensors", tensors)


def test_guided():
    """guided-diffusion's networks as diffusers has them open, and DDPM alone heeds their variance"""
    make_guided("guided")
    said = expect(0, "info", "guided").stdout
    check(b"3 in, 6 out (learns its variance)" in said, f"{said!r}")
    ways = [["--sampler", name, "--guidance", guidance]
            for name in ("ddpm", "ddim", "dpmpp-2m", "euler") for guidance in ("1", "4")]
    told = [picture("guided", *words) for words in ways]
    check(all(a != b for a, b in zip(told[::2], told[1::2])), "guidance has a say")
    for kind in ("fixed_small", "fixed_large"):
        change(f"guided/{SCHEDULER}", variance_type=kind)
        for words, made in zip(ways, told):
            check((picture("guided", *words) == made) == ("ddpm" not in words), f"{kind}: {words}")
    change(f"guided/{SCHEDULER}", variance_type=None)
    check([picture("guided", *words) for words in ways] == told, "nothing said")
    change(f"guided/{SCHEDULER}", variance_type="learned")
    refused(1, ["learned_range"], "generate", "-m", "guided", "-o", "x.png")
    write_png("in.png", 32, 32, bytes(range(256)) * 12)
    change(f"guided/{SCHEDULER}", variance_type="learned_range")
    write_png("mask.png", 32, 32, bytes(3 * 16 * 32) + b"\xff" * (3 * 16 * 32))
    for words in (["reimagine"], ["inpaint", "--mask", "mask.png"]):
        expect(0, *words, "-q", "-m", "guided", "-i", "in.png", "--sampler", "ddpm", "-n", "3", "-o",
               "made.png")


# ---------------------------------------------------------------- weights

def test_kinds_of_numbers():
    """F32 and F64 give the picture of the same halves; kinds that nobody wants do not matter"""
    tensors = fresh()
    weights = f"m/unet/{STEM}.safetensors"
    write_tensors(weights, tensors)
    made = picture("m")
    for dtype, letter in (("F32", "f"), ("F64", "d")):
        write_tensors(weights, as_type(tensors, dtype, letter))
        check(picture("m") == made, f"{dtype}: the same picture")
    count = expect(0, "info", "m").stdout
    extra = {"x.mask": ("BOOL", [3], bytes(3)), "x.scale": ("F8_E4M3", [2], bytes(2)),
             "x.table": ("F4", [6], bytes(3)), "x.count": ("I64", [], bytes(8))}
    write_tensors(weights, {**as_type(tensors, "F32", "f"), **extra})
    check(picture("m") == made and expect(0, "info", "m").stdout == count, "extra tensors")
    write_tensors(weights, {**tensors, "x.weight": ("F64", [1], bytes(8))})
    refused(1, ["x.weight", "no place"], "info", "m")
    for dtype in ("F8_E4M3", "I8"):
        wanted = {**tensors, "conv_in.bias": (dtype, [32], bytes(32))}
        write_tensors(weights, wanted)
        for words in (["info", "m"], ["generate", "-m", "m", "-o", "x.png"]):
            refused(1, ["conv_in.bias", dtype, "F32"], *words)


def test_shards():
    """several files with an index are one model; what an index may not do"""
    tensors = fresh()
    write_tensors(f"m/unet/{STEM}.safetensors", tensors)
    made = picture("m")
    os.remove(f"m/unet/{STEM}.safetensors")
    names = list(tensors)
    parts = [f"{STEM}-0000{k}-of-00003.safetensors" for k in (1, 2, 3)]
    where = {name: parts[i % 3] for i, name in enumerate(names)}
    for part in parts:
        write_tensors(f"m/unet/{part}", {n: tensors[n] for n in names if where[n] == part})
    refused(1, [parts[0], "index"], "info", "m")
    index = f"m/unet/{STEM}.safetensors.index.json"
    write_json(index, {"metadata": {"total_size": 1}, "weight_map": where})
    check(picture("m") == made, "the same picture of parts")
    os.remove(index)
    for name in (f"{STEM}.safetensors.index.fp16.json", f"{STEM}.fp16.safetensors.index.json"):
        write_json(f"m/unet/{name}", {"weight_map": where})
        check(picture("m") == made, f"{name}: the same picture")
        os.remove(f"m/unet/{name}")
    os.makedirs("away", exist_ok=True)
    shutil.copy(f"m/unet/{parts[0]}", "away/part.safetensors")
    for bad, word in (("../../away/part.safetensors", "not the name"),
                      (os.path.abspath("away/part.safetensors"), "not the name"),
                      (parts[1], "lies in"), ("gone.safetensors", "gone.safetensors")):
        write_json(index, {"weight_map": {**where, names[0]: bad}})
        refused(1, [word], "generate", "-m", "m", "-o", "x.png")
    write_json(index, {"weight_map": where})
    write_tensors(f"m/unet/{parts[2]}", {n: tensors[n] for n in names if where[n] != parts[0]})
    refused(1, ["twice"], "generate", "-m", "m", "-o", "x.png")
    check(not os.path.exists("x.png"), "no file is left behind")


def test_variants():
    """the best variant is taken; what diffusers saved for PyTorch only has to be converted"""
    tensors = fresh()
    unet = "m/unet/"
    silent = {n: (d, s, bytes(len(b))) for n, (d, s, b) in tensors.items()}
    write_tensors(f"{unet}{STEM}.non_ema.safetensors", tensors)
    made = picture("m")
    for variant in (".mine", ".bf16", ".fp16", ".fp32", ".ema", ""):
        write_tensors(f"{unet}{STEM}{variant}.safetensors", silent)
        other = picture("m")
        check(other != made, f"“{variant}” is better than what was there")
        write_tensors(f"{unet}{STEM}{variant}.safetensors", tensors)
        check(picture("m") == made, f"“{variant}” alone counts")
    for name in os.listdir(unet):
        if name.endswith(".safetensors"):
            os.remove(unet + name)
    refused(1, [f"{STEM}.safetensors"], "info", "m")
    for name in (f"{STEM}.bin", f"{STEM}.fp16.bin"):
        with open(unet + name, "wb") as file:
            file.write(b"PK\3\4")
        refused(1, [f"{STEM}.", ".bin", "Convert", "safetensors"], "info", "m")
        os.remove(unet + name)


def test_ends():
    """bytes too many and too few, by their number"""
    tensors = fresh()
    weights = f"m/unet/{STEM}.safetensors"
    for behind, word in ((b"x", "1 byte at its end belongs"), (b"xy", "2 bytes at its end belong")):
        write_tensors(weights, tensors, behind)
        refused(1, [word, "again"], "info", "m")
    write_tensors(weights, tensors)
    whole = os.path.getsize(weights)
    for less, word in ((1, "1 byte is missing"), (2, "2 bytes are missing")):
        os.truncate(weights, whole - less)
        refused(1, [word, "downloaded whole"], "info", "m")
        write_tensors(weights, tensors)


# ---------------------------------------------------------------- configurations

def test_processes():
    """processes without a named schedule: info tells what they are, and pictures are made"""
    tensors = fresh()
    write_tensors(f"m/unet/{STEM}.safetensors", tensors)
    own = [1e-4 + i * 2e-5 for i in range(1000)]
    for config, word in (({"trained_betas": own}, "trained_betas, 1000 steps"),
                         ({"trained_betas": own[:9] + [1]}, "trained_betas, 10 steps"),
                         ({"_class_name": "EDMEulerScheduler"}, "EDM, 1000 noise levels from 0.002"),
                         ({"_class_name": "ScoreSdeVeScheduler"}, "VE, 2000 noise levels from 0.01"),
                         ({"_class_name": "FlowMatchEulerDiscreteScheduler", "shift": 3},
                          "rectified flow, 1000 noise levels from 0.00299"),
                         ({"beta_schedule": "laplace"}, "laplace, 1000 steps"),
                         ({}, "linear, 1000 steps")):
        write_json("m/" + SCHEDULER, config)
        check(word in expect(0, "info", "m").stdout.decode(), f"{config}: {word}")
        picture("m")
    os.remove("m/" + SCHEDULER)
    check(b"process" not in expect(0, "info", "m").stdout, "no process")
    refused(1, ["scheduler_config.json"], "generate", "-m", "m", "-o", "x.png")
    write_json("m/" + SCHEDULER, {"_class_name": "EDMEulerScheduler"})
    guided = picture("m", "-g", "4")
    some = picture("m", "-g", "4", "--guidance-from", "1", "--guidance-to", "0.5")
    never = picture("m", "-g", "4", "--guidance-from", "0", "--guidance-to", "0")
    check(some not in (guided, never) and guided != never, "noise levels of an interval count")


def test_schedulers():
    """each scheduler of diffusers, as it is saved: read, or refused by its name"""
    tensors = fresh()
    write_tensors(f"m/unet/{STEM}.safetensors", tensors)
    with open(SAVED, encoding="utf-8") as file:
        saved = json.load(file)  # Python reads -Infinity
    strangers = 0
    for name, config in saved.items():
        write_json("m/" + SCHEDULER, config)
        done = run("info", "m")
        if done.returncode:
            strangers += 1
            refused(1, [name, "belongs to"], "info", "m")
            refused(1, [name, "belongs to"], "generate", "-m", "m", "-o", "x.png")
    check(strangers == 13 and len(saved) == 41, f"{strangers} of {len(saved)} are strangers")
    write_json("m/" + SCHEDULER, saved["DPMSolverMultistepScheduler"])
    picture("m")
    for keys in ({"_class_name": "NoSuchScheduler"},
                 {"_class_name": "UniPCMultistepScheduler", "use_flow_sigmas": True}):
        write_json("m/" + SCHEDULER, keys)
        refused(1, [str(list(keys.values())[-1]) if len(keys) < 2 else "flow"], "generate", "-m",
                "m", "-o", "x.png")
    check(not os.path.exists("x.png"), "no file is left behind")


def test_sample_size():
    """a size may be a pair, or unknown"""
    tensors = fresh()
    write_tensors(f"m/unet/{STEM}.safetensors", tensors)
    for size, said in (([64, 128], "128 × 64 pixels"), ([64, 64], "64 × 64 pixels"),
                       (64.0, "64 × 64 pixels"), ("64", "64 × 64 pixels")):
        change("m/unet/config.json", sample_size=size)
        check(said in expect(0, "info", "m").stdout.decode(), f"{size}: {said}")
    for size in (None, 0):
        change("m/unet/config.json", sample_size=size)
        check(b"trained on" not in expect(0, "info", "m").stdout, f"{size}: not known")
    change("m/unet/config.json", sample_size=[64, 64, 3])
    refused(1, ["sample_size"], "info", "m")


# ---------------------------------------------------------------- names

def test_labels():
    """labels with a decimal comma, blanks, hidden rows, and what the locale cannot write"""
    words = ["generate", "-q", "--size", "16", "-n", "2", "-o", "label.png", "-p"]
    for label, said in (("stone:0,5", "stone:0.5"), ("stone:0,7,grass:0,3", "stone:0.7"),
                        ("5", "grass"), ("stone:0", "add up"), ("stone:nan", "nan")):
        refused(2, [said], *words, label)
    check(not os.path.exists("label.png"), "no file is left behind")
    expect(0, *words, "grass")
    grass = read_png("label.png")
    for label in (" grass", "Grass ", "\tGRASS\n"):
        expect(0, *words, label)
        check(read_png("label.png") == grass, f"{label!r} is grass")
    expect(0, *words[:-1])
    none = read_png("label.png")
    for label in ("", " "):
        expect(0, *words, label)
        check(read_png("label.png") == none, f"{label!r} is no label")
    tensors = fresh()
    write_tensors(f"m/unet/{STEM}.safetensors", tensors)
    change("m/labels.json", labels={"1": "Größe", "2": "sky"})
    for env in ({}, {"LC_ALL": "C"}, {"LC_ALL": "POSIX"}):
        expect(0, *words, "größe", "-m", "m", **env)
        refused(2, ["größte"], *words, "größte", "-m", "m", **env)
    refused(2, ["locale"], *words, b"gr\xf6sse", "-m", "m")


def test_names():
    """models by paths and names as shells, file managers and people write them"""
    tensors = fresh("my m")
    write_tensors(f"my m/unet/{STEM}.safetensors", tensors)
    here = os.getcwd()
    os.makedirs("data/gimp-diffusion/models", exist_ok=True)
    os.symlink(os.path.abspath("my m"), "data/gimp-diffusion/models/Good")
    env = {"HOME": here, "XDG_DATA_HOME": f"{here}/data"}
    made = picture("my m")
    uri = "file://" + urllib.parse.quote(f"{here}/my m")
    for name in ("~/my m", "~/my m/", uri, uri + "/", uri + "\r\n", "my m/", "my m//", "./my m",
                 "my m/model_index.json", uri + "/model_index.json", "Good", "Good/", " Good "):
        check(picture(name, **env) == made, f"{name!r}: the same model")
        said = expect(0, "info", name, **env).stdout
        check(b"UNet2DModel" in said, f"{name!r}: info")
    for name in ("~/gone", uri + "x", "Goods", "Good/unet", "https://example.org/m"):
        refused(1, ["There is no model"], "info", name, **env)


# ---------------------------------------------------------------- locales and limits

def pashto():
    """the environment of a locale whose decimal point has two bytes, or None"""
    if not shutil.which("localedef"):
        return None
    folder = os.path.abspath("locales")
    os.makedirs(folder, exist_ok=True)
    subprocess.run(["localedef", "-i", "ps_AF", "-f", "UTF-8", f"{folder}/ps_AF.UTF-8"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if not os.path.isdir(f"{folder}/ps_AF.UTF-8"):
        return None
    return {"LOCPATH": folder, "LC_ALL": "ps_AF.UTF-8", "LANGUAGE": "C"}


def test_written_numbers():
    """what is written has points, not the locale's: a model that was learnt, JSON, plots"""
    env = pashto()
    if not env:
        print("# there is no ps_AF locale to be had: in C instead")
        env = {"LC_ALL": "C.UTF-8"}
    else:
        probe = subprocess.run([sys.executable, "-c", "import locale; locale.setlocale"
                                "(locale.LC_ALL, ''); print(locale.localeconv())"],
                               env=dict(os.environ, **env), stdout=subprocess.PIPE, check=True)
        check("\u066b" in probe.stdout.decode() or b"\\u066b" in probe.stdout,
              f"the locale is in force: {probe.stdout!r}")
    write_png("t.png", 64, 64, os.urandom(3 * 64 * 64))
    expect(0, "learn", "t.png", "-o", "P", "--minutes", "0.02", "-q", "-j", "2", **env)
    for path in (SCHEDULER, "unet/config.json", "model_index.json", "labels.json"):
        with open(f"P/{path}", encoding="utf-8") as file:
            json.load(file)
    with open(f"P/{SCHEDULER}", encoding="utf-8") as file, \
         open(f"{EMBEDDED}/{SCHEDULER}", encoding="utf-8") as before:
        check(json.load(file) == json.load(before), "the scheduler's numbers")
    expect(0, "info", "P")
    bench = json.loads(expect(0, "bench", "", "--size", "8", "--runs", "1", **env).stdout)
    check(bench["seconds_median"] > 0, "bench's JSON")
    expect(0, "experiment", "langevin", "--short", "--json", "x.json", "--svg", "x.svg", **env)
    with open("x.json", encoding="utf-8") as file:
        check(len(json.load(file)["figures"]) == 4, "experiment's JSON")
    for shape in ElementTree.parse("x.svg").getroot().iter():
        for key in ("x", "y", "x1", "cx", "width", "font-size"):
            check(shape.get(key) is None or shape.get(key) == "100%" or float(shape.get(key)) >= -1e6,
                  f"the plot's {key}")


def limited(megabytes, *words, **environment):
    """Runs the tool with so much address space; None if it did not end"""
    size = megabytes << 20
    try:
        return subprocess.run([TOOL, *words], stdin=subprocess.DEVNULL, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              env=dict(os.environ, LC_ALL="C.UTF-8", **environment),
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS,
                                                                    (size, size)))
    except subprocess.TimeoutExpired:
        return None


def test_address_space():
    """too little address space ends with a sentence, whenever it is noticed"""
    if limited(16000, "--help").returncode:
        print("# this build needs more than 16 GB of address space: not tried")
        return
    for megabytes in (100, 150, 200, 250, 300):
        for words in (["--help"], ["info"], ["generate", "-q", "-o", "limited.png"]):
            done = limited(megabytes, *words)
            check(done is not None, f"{megabytes} MB, {words}: ends")
            said = done.stderr.decode()
            check(done.returncode == 1 and said.startswith("gimp-diffusion: ")
                  and said.endswith(".\n") and said.count("\n") == 1 and "ulimit" in said,
                  f"{megabytes} MB, {words}: exit code {done.returncode}, said {said!r}")
    ended = set()
    for megabytes in range(400, 1100, 100):
        for threads in ("1", "4"):  # as on a processor whose products are all OpenBLAS's
            done = limited(megabytes, "generate", "-q", "--size", "64", "-n", "1", "-j", threads,
                           "-o", "limited.png", DIF_CPU="plain", OPENBLAS_NUM_THREADS="1")
            check(done is not None, f"{megabytes} MB, {threads} threads: ends")
            check(done.returncode in (0, 1), f"{megabytes} MB: exit code {done.returncode}")
            check(done.returncode == 0 or b"memory" in done.stderr, f"{done.stderr!r}")
            ended.add(done.returncode)
    check(0 in ended, "with enough of it a picture is made")


if __name__ == "__main__":
    locale.setlocale(locale.LC_ALL, "C.UTF-8")
    sys.exit(run_tests([(function.__doc__, function) for name, function in sorted(globals().items())
                        if name.startswith("test_")]))
