#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the embedded texture model: an inpainting-conditioned, class-conditional UNet2DModel.

Input channels are [x_t (3), mask (1), picture (3)], mask 1 where pixels are to be made, the order
Stable Diffusion's inpainting UNet uses; what is to be made of the picture is filled smoothly (fill.py),
and x_0 is the difference from that; with mask = 1 everywhere the model generates.
Output is the v-prediction (or eps) of the three colour channels. Pixels are R'G'B' in [-1, 1].
Label 0 is the null label of classifier-free guidance; the classes follow from 1.

    python3 train.py --data pack --out model --minutes 9 --resume state.pt

--data holds train/LABEL/*.png, as `gimp-diffusion train` reads it, train/*.png without a label, and
val/LABEL/*.png. A new network is that of network/config.json; --start goes on from a model's folder, as this
program or `gimp-diffusion train` wrote it. The state file is written at the end and every
--save-every seconds; run again to go on from it.
Out comes a diffusers folder: model_index.json, scheduler/scheduler_config.json,
unet/config.json, unet/diffusion_pytorch_model.fp16.safetensors, labels.json.
"""

import argparse
import copy
import glob
import json
import math
import os
import time

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from fill import fill
from unet import UNet2DModel


def alphas_cumprod(schedule, T=1000):
    """(T,) cumulative products of 1 - beta; diffusers' names for the schedules."""
    if schedule == "linear":
        betas = torch.linspace(1e-4, 0.02, T, dtype=torch.float64)
    elif schedule == "squaredcos_cap_v2":
        f = lambda u: math.cos((u + 0.008) / 1.008 * math.pi / 2) ** 2
        betas = torch.tensor([min(1 - f((i + 1) / T) / f(i / T), 0.999) for i in range(T)], dtype=torch.float64)
    else:
        raise ValueError(f"unknown schedule {schedule}")
    return torch.cumprod(1 - betas, 0)


def load_json(*parts):
    with open(os.path.join(*parts), encoding="utf-8") as f:
        return json.load(f)


def number_labels(folder, known=None):
    """-> {label: row of the network's table}: as in a labels.json, or from 1 on in alphabetical order."""
    names = sorted(d.name for d in os.scandir(folder) if d.is_dir())
    if known is None:
        return {n: i for i, n in enumerate(names, 1)}
    rows = {n: int(i) for i, n in known["labels"].items()}
    if set(names) - set(rows):
        raise SystemExit(f"The model does not know these labels: {', '.join(sorted(set(names) - set(rows)))}.")
    return rows


def load_pictures(folder, rows, size, device):
    """-> list of uint8 (3, H, W) tensors with H, W >= size, (N,) rows of their labels; "" is a row for those without."""
    images, labels = [], []
    for name in sorted(rows):
        for path in sorted(glob.glob(os.path.join(glob.escape(os.path.join(folder, name)), "*.png"))):
            im = Image.open(path).convert("RGB")
            if min(im.size) >= size:
                images.append(torch.from_numpy(np.array(im)).permute(2, 0, 1).contiguous().to(device))
                labels.append(rows[name])
    return images, torch.tensor(labels, device=device)


def load_weights(folder):
    """The weights of a model's folder: in full precision if they are there, else as f16."""
    from safetensors.torch import load_file
    for name in ("diffusion_pytorch_model.safetensors", "diffusion_pytorch_model.fp16.safetensors"):
        path = os.path.join(folder, "unet", name)
        if os.path.exists(path):
            return {k: v.float() for k, v in load_file(path).items()}
    raise SystemExit(f"There are no weights in {folder}.")


class Batches:
    """Random crops, made on the device in one grid_sample; images are kept as uint8, grouped by size."""

    def __init__(self, images, labels, size):
        self.size = size
        groups = {}
        for im, y in zip(images, labels.tolist()):
            groups.setdefault(tuple(im.shape[1:]), []).append((im, y))
        self.groups = []
        per_label = torch.bincount(labels.cpu()).float()
        for v in groups.values():
            y = torch.tensor([q for _, q in v])
            self.groups.append((torch.stack([i for i, _ in v]), y, (1 / per_label[y].sqrt())))
        self.group_weight = torch.tensor([w.sum().item() for _, _, w in self.groups])

    def next(self, n):
        """-> (n, 3, S, S) in [-1, 1], (n,) labels; n is shared out over the size groups."""
        s, xs, ys = self.size, [], []
        counts = torch.bincount(torch.multinomial(self.group_weight, n, replacement=True), minlength=len(self.groups)).tolist()
        for (stack, labels, weight), k in zip(self.groups, counts):
            if not k:
                continue
            device, (h, w) = stack.device, stack.shape[2:]
            idx = torch.multinomial(weight, k, replacement=True)
            scale = 1 + torch.rand(k, device=device) * (min(2.5, min(h, w) / s) - 1)
            sx, sy = scale * s / w, scale * s / h  # half extents in grid_sample's [-1, 1]
            cx, cy = (2 * torch.rand(k, device=device) - 1) * (1 - sx), (2 * torch.rand(k, device=device) - 1) * (1 - sy)
            fx, fy = (torch.randint(0, 2, (k,), device=device) * 2 - 1.0 for _ in range(2))
            swap = torch.randint(0, 2, (k,), device=device).float()  # transpose
            theta = torch.zeros(k, 2, 3, device=device)
            theta[:, 0, 0], theta[:, 0, 1], theta[:, 0, 2] = sx * fx * (1 - swap), sx * fx * swap, cx
            theta[:, 1, 0], theta[:, 1, 1], theta[:, 1, 2] = sy * fy * swap, sy * fy * (1 - swap), cy
            g = F.affine_grid(theta, (k, 3, 2 * s, 2 * s), align_corners=False)
            x = F.grid_sample(stack[idx.to(device)].float(), g, mode="bilinear", padding_mode="reflection", align_corners=False)
            xs.append(F.avg_pool2d(x, 2) / 127.5 - 1)  # two samples a pixel each way: no aliasing at scale 2
            ys.append(labels[idx])
        order = torch.randperm(n)
        return torch.cat(xs)[order], torch.cat(ys)[order].to(xs[0].device)


def random_masks(n, s, device):
    """(n, 1, s, s) in {0, 1}: 1 = to be made. 40 % full, then boxes, discs, half planes (outpainting), strokes."""
    yy, xx = torch.meshgrid(torch.arange(s, device=device), torch.arange(s, device=device), indexing="ij")
    xx, yy = xx.float()[None], yy.float()[None]
    u = torch.rand(n, 8, device=device)
    v = lambda i: u[:, i, None, None]
    w, h = (0.2 + 0.7 * v(1)) * s, (0.2 + 0.7 * v(2)) * s
    x0, y0 = v(3) * (s - w), v(4) * (s - h)
    box = (xx >= x0) & (xx < x0 + w) & (yy >= y0) & (yy < y0 + h)
    disc = (xx - v(1) * s) ** 2 + (yy - v(2) * s) ** 2 < ((0.1 + 0.4 * v(3)) * s) ** 2
    ang = 2 * math.pi * v(1)
    half = (xx - s / 2) * torch.cos(ang) + (yy - s / 2) * torch.sin(ang) > (v(2) - 0.5) * 0.8 * s
    stroke = torch.zeros(n, s, s, dtype=torch.bool, device=device)
    for j in range(4):
        q = torch.rand(n, 6, device=device)
        p0, d = q[:, :2, None, None] * s, (q[:, 2:4] - q[:, :2])[:, :, None, None] * s
        t = (((xx - p0[:, 0]) * d[:, 0] + (yy - p0[:, 1]) * d[:, 1]) / (d ** 2).sum(1).clamp(min=1e-3)).clamp(0, 1)
        line = (xx - p0[:, 0] - t * d[:, 0]) ** 2 + (yy - p0[:, 1] - t * d[:, 1]) ** 2 < ((0.04 + 0.1 * q[:, 4, None, None]) * s) ** 2
        stroke |= line & (j < 1 + (q[:, 5, None, None] * 4).floor())
    kind = v(0)
    m = torch.where(kind < 0.4, torch.ones_like(box), torch.where(kind < 0.6, box, torch.where(kind < 0.72, disc, torch.where(kind < 0.86, half, stroke))))
    return m[:, None].float()


@torch.no_grad()
def sample(model, acp, x_shape, labels, mask, known, steps, guidance, prediction, device, seed=0):
    """DDIM (eta 0), trailing spacing; returns images in [-1, 1]."""
    g = torch.Generator(device="cpu").manual_seed(seed)
    x = torch.randn(x_shape, generator=g).to(device)
    T = len(acp)
    ts = [int(round(T - i * T / steps)) - 1 for i in range(steps)]
    acp = acp.to(device).float()
    base = fill(known, mask)
    cond = torch.cat([mask, base], 1)
    for i, t in enumerate(ts):
        a = acp[t].clamp(min=1e-8)
        prev = acp[ts[i + 1]] if i + 1 < steps else torch.tensor(1.0, device=device)
        inp = torch.cat([x, cond], 1)
        tt = torch.full((x.shape[0],), t, device=device)
        out = model(inp, tt, labels).float()
        if guidance != 1:
            un = model(inp, tt, torch.zeros_like(labels)).float()
            out = un + guidance * (out - un)
        if prediction == "v_prediction":
            x0, eps = a.sqrt() * x - (1 - a).sqrt() * out, a.sqrt() * out + (1 - a).sqrt() * x
        else:
            x0, eps = (x - (1 - a).sqrt() * out) / a.sqrt(), out
        x0 = (x0 + base).clamp(-1, 1) - base
        eps = (x - a.sqrt() * x0) / (1 - a).sqrt().clamp(min=1e-6)
        x = prev.sqrt() * x0 + (1 - prev).sqrt() * eps
    return x + base


def grid(x, cols):
    x = ((x.clamp(-1, 1) + 1) * 127.5).round().byte().cpu()
    n, _, h, w = x.shape
    rows = math.ceil(n / cols)
    canvas = np.zeros((rows * h, cols * w, 3), np.uint8)
    for i in range(n):
        canvas[(i // cols) * h:(i // cols + 1) * h, (i % cols) * w:(i % cols + 1) * w] = x[i].permute(1, 2, 0).numpy()
    return Image.fromarray(canvas)


def export(folder, ema, config, scheduler, labels):
    from safetensors.torch import save_file
    for d in ("unet", "scheduler"):
        os.makedirs(os.path.join(folder, d), exist_ok=True)
    dump = lambda p, o: json.dump(o, open(os.path.join(folder, p), "w", encoding="utf-8"), indent=2)
    dump("model_index.json", {"_class_name": "DDPMPipeline", "_diffusers_version": "0.30.0", "unet": ["diffusers", "UNet2DModel"], "scheduler": ["diffusers", "DDPMScheduler"]})
    dump("unet/config.json", {"_class_name": "UNet2DModel", "_diffusers_version": "0.30.0", **{k: list(v) if isinstance(v, tuple) else v for k, v in config.items() if not k.startswith("_")}})
    dump("scheduler/scheduler_config.json", scheduler)
    dump("labels.json", labels)
    save_file({k: v.half().contiguous() for k, v in ema.items()}, os.path.join(folder, "unet/diffusion_pytorch_model.fp16.safetensors"))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--data", required=True)
    p.add_argument("--out", required=True)
    p.add_argument("--resume", default="state.pt")
    p.add_argument("--start", help="folder of a model to go on from")
    p.add_argument("--seed", type=int, default=7)
    p.add_argument("--minutes", type=float, default=9)
    p.add_argument("--save-every", type=float, default=240)
    p.add_argument("--batch", type=int, default=256)
    p.add_argument("--size", type=int, default=64)
    p.add_argument("--config", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "network", "config.json"), help="of a new network; scheduler_config.json lies beside it")
    p.add_argument("--lr", type=float, default=4e-4)
    p.add_argument("--total-steps", type=int, default=40000, help="length of the cosine learning-rate decay")
    p.add_argument("--ema", type=float, default=0.9995)
    p.add_argument("--compile", action="store_true")
    p.add_argument("--samples", action="store_true", help="write sample grids at the end")
    a = p.parse_args()
    start = time.time()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    s = torch.load(a.resume, map_location=device, weights_only=True) if os.path.exists(a.resume) else None
    torch.manual_seed(a.seed + (s["step"] if s else 0))
    if s:
        config, scheduler, known = s["config"], s["scheduler"], s["labels"]
    elif a.start:
        config, scheduler = load_json(a.start, "unet", "config.json"), load_json(a.start, "scheduler", "scheduler_config.json")
        known = load_json(a.start, "labels.json")
    else:
        config, scheduler, known = load_json(a.config), load_json(os.path.dirname(a.config), "scheduler_config.json"), None
    rows = number_labels(os.path.join(a.data, "train"), known)
    known = known or {"null": 0, "labels": {str(i): n for n, i in rows.items()}}
    config.setdefault("num_class_embeds", len(rows) + 1)
    config["sample_size"] = a.size
    config["inpainting"] = "smooth-fill" # what x_0 is the difference from; see fill.py
    images, labels = load_pictures(os.path.join(a.data, "train"), {"": known["null"], **rows}, a.size, device)
    prediction, schedule = scheduler["prediction_type"], scheduler["beta_schedule"]
    model = UNet2DModel(**config)
    config = model.config
    if a.start and not s:
        model.load_state_dict(load_weights(a.start))
    model = model.to(device)
    if device == "cuda":
        model = model.to(memory_format=torch.channels_last)
    ema = {k: v.detach().clone().float() for k, v in model.state_dict().items()}
    opt = torch.optim.AdamW(model.parameters(), lr=a.lr, betas=(0.9, 0.99), weight_decay=1e-2, fused=device == "cuda")
    step, history = 0, []
    if s:
        model.load_state_dict(s["model"]); opt.load_state_dict(s["opt"]); ema = s["ema"]; step = s["step"]; history = s["history"]
    print(f"{device}: {len(images)} crops, {len(rows)} labels, {sum(q.numel() for q in model.parameters()) / 1e6:.2f} M parameters, from step {step}", flush=True)
    net = torch.compile(model) if a.compile else model
    data = Batches(images, labels, a.size)
    acp = alphas_cumprod(schedule).to(device).float()

    def save():
        torch.save({"model": model.state_dict(), "opt": opt.state_dict(), "ema": ema, "step": step, "history": history,
                    "config": config, "scheduler": scheduler, "labels": known}, a.resume + ".new")
        os.replace(a.resume + ".new", a.resume)
        export(a.out, ema, config, scheduler, known)

    t_log, n_log, sum_log, t_save = time.time(), 0, 0.0, time.time()
    pool_x = pool_y = pool_m = None
    while time.time() - start < a.minutes * 60 and step < a.total_steps:
        # crops and masks are made 4 batches at a time and reused by shuffling: the CPU must not hold the GPU up
        k = step % 4
        if k == 0 or pool_x is None:
            pool_x, pool_y = data.next(a.batch * 4)
            pool_m = random_masks(a.batch * 4, a.size, device)
        x0, y, m = (q[k * a.batch:(k + 1) * a.batch] for q in (pool_x, pool_y, pool_m))
        y = torch.where(torch.rand(a.batch, device=device) < 0.1, torch.zeros_like(y), y)
        t = torch.randint(0, 1000, (a.batch,), device=device)
        eps = torch.randn_like(x0)
        ab = acp[t][:, None, None, None]
        base = fill(x0, m)
        x0 = x0 - base
        xt = ab.sqrt() * x0 + (1 - ab).sqrt() * eps
        target = ab.sqrt() * eps - (1 - ab).sqrt() * x0 if prediction == "v_prediction" else eps
        inp = torch.cat([xt, m, base], 1)
        if device == "cuda":
            inp = inp.contiguous(memory_format=torch.channels_last)
        for group in opt.param_groups:
            group["lr"] = a.lr * min(1, (step + 1) / 500) * 0.5 * (1 + math.cos(math.pi * min(1, step / a.total_steps)))
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            out = net(inp, t, y)
        # the known pixels carry a tenth of the weight: they only have to stay consistent
        w = 0.1 + 0.9 * m
        loss = ((out.float() - target) ** 2 * w).sum() / (w.sum() * 3)
        opt.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        opt.step()
        step += 1
        d = min(a.ema, (1 + step) / (10 + step))
        with torch.no_grad():
            sd = model.state_dict()
            torch._foreach_lerp_([ema[q] for q in sd], [sd[q].float() for q in sd], 1 - d)
        n_log += 1
        if n_log % 20 == 0:
            sum_log += loss.item() * 20
        if n_log >= 200 or time.time() - t_log > 60:
            rate = n_log / (time.time() - t_log)
            history.append((step, sum_log / max(20, n_log // 20 * 20)))
            print(f"step {step}  loss {history[-1][1]:.4f}  {rate:.2f} steps/s", flush=True)
            t_log, n_log, sum_log = time.time(), 0, 0.0
        if time.time() - t_save > a.save_every:
            save(); t_save = time.time()
    save()
    if a.samples:
        eval_net = copy.deepcopy(model).to(device).eval()
        eval_net.load_state_dict(ema)
        n, numbers = len(rows), torch.tensor(sorted(rows.values()), device=device)
        y = numbers.repeat_interleave(4)
        full = torch.ones(len(y), 1, a.size, a.size, device=device)
        for gscale in (1.0, 3.0):
            x = sample(eval_net, acp, (len(y), 3, a.size, a.size), y, full, torch.zeros(len(y), 3, a.size, a.size, device=device), 25, gscale, prediction, device)
            grid(x, 4).save(os.path.join(a.out, f"samples_cfg{gscale:g}.png"))
        big = a.size * 4
        yb = numbers
        outs = [sample(eval_net, acp, (1, 3, big, big), yb[i:i + 1], torch.ones(1, 1, big, big, device=device), torch.zeros(1, 3, big, big, device=device), 25, 2.0, prediction, device) for i in range(min(n, 9))]
        grid(torch.cat(outs), 3).save(os.path.join(a.out, "samples_big.png"))
        vi, vl = load_pictures(os.path.join(a.data, "val"), rows, a.size, device)
        if vi:
            b = Batches(vi, vl, a.size)
            x0, y = b.next(16)
            m = random_masks(64, a.size, device); m = m[m.mean((1, 2, 3)) < 0.9][:16]
            x0, y = x0[:len(m)], y[:len(m)]
            r = sample(eval_net, acp, x0.shape, y, m, x0, 25, 1.0, prediction, device)
            r = r * m + x0 * (1 - m)
            grid(torch.stack([x0, x0 * (1 - m), r], 1).flatten(0, 1), 6).save(os.path.join(a.out, "samples_inpaint.png"))
    print(f"done at step {step} after {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
