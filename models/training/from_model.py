#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a state file for train.py from an exported model: from_model.py MODEL STATE.pt

The optimiser starts anew; weights and their running mean are the exported ones.
"""

import json
import os
import sys

import torch
from safetensors.torch import load_file

from unet import UNet2DModel

folder, state = sys.argv[1:]
with open(os.path.join(folder, "unet", "config.json"), encoding="utf-8") as f:
    config = {k: v for k, v in json.load(f).items() if not k.startswith("_")}
weights = load_file(os.path.join(folder, "unet", "diffusion_pytorch_model.fp16.safetensors"))
weights = {k: v.float() for k, v in weights.items()}
model = UNet2DModel(**config)
model.load_state_dict(weights)
optimiser = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0.0)
torch.save({"model": weights, "opt": optimiser.state_dict(),
            "ema": {k: v.clone() for k, v in weights.items()}, "step": 0, "history": []}, state)
