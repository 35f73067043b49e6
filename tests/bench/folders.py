# SPDX-License-Identifier: GPL-3.0-or-later
"""Model folders, random ones included, and the networks in them for PyTorch."""

import json
import os

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from cases import SHAPES
from unet import UNet2DModel

COMMON = {"_class_name": "UNet2DModel", "in_channels": 3, "out_channels": 3, "layers_per_block": 2,
          "attention_head_dim": None, "norm_eps": 1e-6, "norm_num_groups": 32,
          "downsample_padding": 0, "flip_sin_to_cos": False, "freq_shift": 1, "act_fn": "silu"}
SCHEDULER = {"_class_name": "DDPMScheduler", "beta_start": 1e-4, "beta_end": 0.02,
             "beta_schedule": "linear", "num_train_timesteps": 1000, "clip_sample": True}
INDEX = {"_class_name": "DDPMPipeline", "unet": ["diffusers", "UNet2DModel"],
         "scheduler": ["diffusers", "DDPMScheduler"]}


def _pad_after(sampler):
    """diffusers' downsample_padding 0: one column and row of zeros after the picture, not around."""
    sampler.conv.padding = (0, 0)
    sampler.forward = lambda x: sampler.conv(F.pad(x, (0, 1, 0, 1)))


def build(config):
    """A network of a configuration, its weights not set."""
    net = UNet2DModel(**{k: v for k, v in config.items() if not k.startswith("_")})
    if config.get("downsample_padding", 1) == 0:
        for block in net.down_blocks:
            for sampler in getattr(block, "downsamplers", []):
                _pad_after(sampler)
    return net


def load(folder):
    """The network in a folder, ready to run, and its configuration."""
    folder = os.path.join(folder, "unet")
    with open(os.path.join(folder, "config.json"), encoding="utf-8") as f:
        config = json.load(f)
    names = [n for n in os.listdir(folder) if n.endswith(".safetensors")]
    net = build(config)
    net.load_state_dict({k: v.float() for k, v in
                         load_file(os.path.join(folder, names[0])).items()})
    return net.eval(), config


def _random_weights(net):
    generator = torch.Generator().manual_seed(1)
    weights = {}
    for name, value in net.state_dict().items():
        x = torch.randn(value.shape, generator=generator)
        if value.dim() > 1:  # variance kept, residual branches below 1
            weights[name] = 0.7 * x / value[0].numel() ** 0.5
        elif name.endswith("weight"):
            weights[name] = 1 + 0.1 * x
        else:
            weights[name] = 0.1 * x
    return weights


def _write_json(path, value):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        json.dump(value, f, indent=1)


def ensure(folder, shape):
    """Writes a model folder with seeded random weights unless it is there."""
    config = {**COMMON, **SHAPES[shape]}
    path = os.path.join(folder, "unet", "diffusion_pytorch_model.safetensors")
    if os.path.exists(path):
        return
    _write_json(os.path.join(folder, "model_index.json"), INDEX)
    _write_json(os.path.join(folder, "scheduler", "scheduler_config.json"), SCHEDULER)
    _write_json(os.path.join(folder, "unet", "config.json"), config)
    save_file(_random_weights(build(config)), path + ".new")
    os.rename(path + ".new", path)
