#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train a small classifier of noisy pictures: log p(label | x_t), for classifier guidance.

It reads x_t of any size, scaled to alpha^2 + sigma^2 = 1, and the timestep. Every block is a 3x3
convolution, shifted and scaled by what a linear layer makes of the time embedding, and a SiLU;
"down" blocks halve the size, "keep" blocks are added to what they read. The mean over all pixels
goes through one linear layer. No norms: what it says of a picture depends on that picture alone,
and its gradient is easy to write by hand.

    python3 classifier.py --data pack --out classifier --steps 2500
    python3 classifier.py --data pack --out judge --steps 2500 --seed 2 --most-t 20 --channels 24,48,80,112

--data holds train/LABEL/*.png to learn from and val/LABEL/*.png, held out: accuracies on crops of
those are printed. --labels names the labels.json of the model that is to be guided, whose numbers
the labels get. --most-t 20 makes a classifier of (nearly) clean pictures: it judges what guidance by
the other one made. With --steps instead of --minutes a run can be repeated.
Out comes config.json and diffusion_pytorch_model.safetensors (f16).
"""

import argparse
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from train import Batches, alphas_cumprod, load_json, load_pictures, number_labels


class Classifier(nn.Module):
    def __init__(self, channels, n_classes, size, time_dim=64):
        super().__init__()
        self.config = dict(sample_size=size, in_channels=3, block_out_channels=list(channels), time_embedding_dim=time_dim, num_classes=n_classes)
        self.time = nn.ModuleList([nn.Linear(time_dim, time_dim), nn.Linear(time_dim, time_dim)])
        self.conv, self.shift, before = nn.ModuleList(), nn.ModuleList(), 3
        for i, c in enumerate(channels):  # one block for the first entry, two for each further one
            for j in range(1 if i == 0 else 2):
                self.conv.append(nn.Conv2d(before, c, 3, stride=2 if i > 0 and j == 0 else 1, padding=1))
                self.shift.append(nn.Linear(time_dim, 2 * c))
                before = c
        self.out = nn.Linear(before, n_classes)
        for conv, shift in zip(self.conv, self.shift):
            nn.init.kaiming_normal_(conv.weight, nonlinearity="relu")
            nn.init.zeros_(conv.bias)
            nn.init.normal_(shift.weight, std=0.02)
            nn.init.zeros_(shift.bias)

    def forward(self, x, t):
        half = self.config["time_embedding_dim"] // 2
        angle = t.float()[:, None] * torch.exp(-math.log(10000) * torch.arange(half, device=x.device) / half)
        e = self.time[0](torch.cat([angle.cos(), angle.sin()], 1))
        e = F.silu(self.time[1](F.silu(e)))
        for conv, shift in zip(self.conv, self.shift):
            scale, bias = shift(e)[:, :, None, None].chunk(2, 1)
            y = F.silu(conv(x) * (1 + scale) + bias)
            x = x + y if conv.stride[0] == 1 and conv.in_channels == conv.out_channels else y
        return self.out(x.mean((2, 3)))


def noisy(x0, t, acp):
    ab = acp[t][:, None, None, None]
    return ab.sqrt() * x0 + (1 - ab).sqrt() * torch.randn_like(x0)


@torch.no_grad()
def accuracy(net, held, acp, t, n=1000):
    """Fractions of crops of held-out pictures, with noise of timestep t, whose label comes first, or among the first 3."""
    torch.manual_seed(99)
    x, y = held.next(n)
    logits = torch.cat([net(a, torch.full((len(a),), t)) for a in noisy(x, torch.full((n,), t), acp).split(100)])
    best = logits.topk(min(3, logits.shape[1]), 1).indices == y[:, None]
    return best[:, 0].float().mean().item(), best.any(1).float().mean().item()


def save(folder, net):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "config.json"), "w", encoding="utf-8") as f:
        json.dump({"_class_name": "NoisyClassifier", **net.config}, f, indent=2)
    save_file({k: v.half().contiguous() for k, v in net.state_dict().items()}, os.path.join(folder, "diffusion_pytorch_model.safetensors"))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--labels", help="labels.json of a model")
    p.add_argument("--minutes", type=float, default=25)
    p.add_argument("--steps", type=int, help="instead of minutes")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--size", type=int, default=64)
    p.add_argument("--channels", default="32,64,96,128")
    p.add_argument("--most-t", type=int, default=999, help="highest noise level")
    p.add_argument("--start", help="folder of a classifier to go on from")
    p.add_argument("--lr", type=float, default=1.5e-3)
    p.add_argument("--ema", type=float, default=0.998)
    a = p.parse_args()
    torch.manual_seed(a.seed)
    train = os.path.join(a.data, "train")
    rows = number_labels(train, load_json(a.labels) if a.labels else None)
    n_classes = max(rows.values()) + 1
    learn = Batches(*load_pictures(train, rows, a.size, "cpu"), a.size)
    held = Batches(*load_pictures(os.path.join(a.data, "val"), rows, a.size, "cpu"), a.size)
    net = Classifier([int(c) for c in a.channels.split(",")], n_classes, a.size).to(memory_format=torch.channels_last)
    if a.start:
        net.load_state_dict({k: v.float() for k, v in load_file(os.path.join(a.start, "diffusion_pytorch_model.safetensors")).items()})
    ema = Classifier(net.config["block_out_channels"], n_classes, a.size)
    ema.load_state_dict(net.state_dict())
    opt = torch.optim.AdamW(net.parameters(), lr=a.lr, betas=(0.9, 0.99), weight_decay=0.05)
    acp = alphas_cumprod("squaredcos_cap_v2").float()
    print(f"{sum(q.numel() for q in net.parameters())} parameters, {len(rows)} labels", flush=True)
    start, step, losses, told = time.time(), 0, [], time.time()
    while (done := step / a.steps if a.steps else (time.time() - start) / 60 / a.minutes) < 1:
        if step % 4 == 0:
            pool = [q.split(a.batch) for q in learn.next(4 * a.batch)]
        x0, y = pool[0][step % 4], pool[1][step % 4]
        t = torch.randint(0, a.most_t + 1, (len(x0),))
        for group in opt.param_groups:
            group["lr"] = a.lr * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        loss = F.cross_entropy(net(noisy(x0, t, acp), t), y)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        step += 1
        losses.append(loss.item())
        with torch.no_grad():
            torch._foreach_lerp_(list(ema.parameters()), list(net.parameters()), 1 - min(a.ema, (1 + step) / (10 + step)))
        if time.time() - told > 60:
            print(f"step {step}  loss {np.mean(losses):.3f}  clean {accuracy(ema, held, acp, 0, 300)[0]:.3f}", flush=True)
            save(a.out, ema)
            losses, told = [], time.time()
    for t in [q for q in (0, 20, 100, 200, 400, 600, 800, 999) if q <= a.most_t]:
        print("t %3d: first %.3f, among three %.3f" % (t, *accuracy(ema, held, acp, t)), flush=True)
    save(a.out, ema)


if __name__ == "__main__":
    main()
