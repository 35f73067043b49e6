# SPDX-License-Identifier: GPL-3.0-or-later
"""PyTorch's side, a process of its own: torch_worker.py KIT reads a request a line, answers a line.

Eager PyTorch in inference mode with denormal numbers flushed. A request names a variant, since which
is faster depends on sizes and threads: the memory format; and, for networks on one thread, whether
1x1 convolutions go through oneDNN as they do by themselves on more threads, or through BLAS.
"""

import json
import math
import re
import statistics
import sys
import time

sys.path[:0] = sys.argv[1:2]

import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402

import folders  # noqa: E402

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
SHORT = 0.02  # seconds that a turn lasts at least


class PointwiseByOneDNN(torch.nn.Conv2d):
    def forward(self, x):
        return torch.mkldnn_convolution(x, self.weight, self.bias, self.padding, self.stride,
                                        self.dilation, self.groups)


class Worker:
    def __init__(self):
        self.key, self.function = None, None
        self.nets = {}

    def net(self, folder):
        if folder not in self.nets:
            self.nets = {folder: folders.load(folder)}
        return self.nets[folder]

    def network(self, r):
        net, config = self.net(r["folder"])
        layout, *more = r["variant"].split("+")
        for module in net.modules():
            if isinstance(module, torch.nn.Conv2d) and module.kernel_size == (1, 1):
                module.__class__ = PointwiseByOneDNN if more else torch.nn.Conv2d
        net.to(memory_format=FORMATS[layout])
        x = torch.randn(r["batch"], config["in_channels"], r["size"], r["size"])
        x = x.to(memory_format=FORMATS[layout])
        t = torch.full((r["batch"],), 500)
        labels = torch.zeros(r["batch"], dtype=torch.long)
        return lambda: net(x, t, labels)

    def conv3x3(self, r):
        layout = FORMATS[r["variant"]]
        conv = torch.nn.Conv2d(r["in"], r["out"], 3, padding=1).to(memory_format=layout)
        x = torch.randn(r["batch"], r["in"], r["size"], r["size"]).to(memory_format=layout)
        return lambda: conv(x)

    def group_norm_silu(self, r):
        layout, *more = r["variant"].split("+")
        norm = torch.nn.GroupNorm(32, r["in"])
        x = torch.randn(r["batch"], r["in"], r["size"], r["size"])
        x = x.to(memory_format=FORMATS[layout])
        return lambda: F.silu(norm(x), inplace=bool(more))

    def attention(self, r):
        shape = r["batch"], r["tokens"], r["heads"], r["width"]
        q, k, v = (torch.randn(shape).transpose(1, 2) for _ in range(3))
        if r["variant"] == "heads_first":
            q, k, v = q.contiguous(), k.contiguous(), v.contiguous()
        if r["variant"] == "products":
            q = q.contiguous() / math.sqrt(r["width"])
            k, v = k.transpose(-1, -2).contiguous(), v.contiguous()
            return lambda: torch.softmax(q @ k, -1) @ v
        return lambda: F.scaled_dot_product_attention(q, k, v)

    def training(self, r):
        """Steps of AdamW with a clipped gradient and an average of the weights, as ours."""
        with torch.inference_mode(False):
            net, config = folders.load(r["folder"])
            net.train().requires_grad_(True).to(memory_format=FORMATS[r["variant"]])
            parameters = list(net.parameters())
            averages = [p.detach().clone() for p in parameters]
            rule = torch.optim.AdamW(parameters, lr=3e-4, betas=(0.9, 0.99), foreach=True)
            alpha_bar = torch.linspace(0.9999, 0.0001, 1000)
        shape = r["batch"], 3, r["size"], r["size"]

        def step():
            with torch.inference_mode(False), torch.enable_grad():
                x0, noise = torch.rand(shape) * 2 - 1, torch.randn(shape)
                mask = (torch.rand(r["batch"], 1, 1, r["size"]) < 0.5).float().expand(-1, -1, r["size"], -1)
                t = torch.randint(0, 1000, (r["batch"],))
                a = alpha_bar[t].sqrt()[:, None, None, None]
                s = (1 - alpha_bar[t]).sqrt()[:, None, None, None]
                seen = torch.cat([a * x0 + s * noise, mask, x0 * (1 - mask)], 1)
                seen = seen[:, :config["in_channels"]].contiguous(memory_format=FORMATS[r["variant"]])
                loss = (net(seen, t, torch.zeros_like(t)) - (a * noise - s * x0)).square().mean()
                rule.zero_grad(set_to_none=True)
                loss.backward()
                torch.nn.utils.clip_grad_norm_(parameters, 1.0)
                rule.step()
                with torch.no_grad():
                    torch._foreach_lerp_(averages, [p.detach() for p in parameters], 0.001)

        return step

    def measure(self, r):
        """Medians of wall clock and processor time of one evaluation."""
        key = json.dumps({k: v for k, v in r.items() if k not in ("do", "runs")}, sort_keys=True)
        warm_ups = 1 if key == self.key else 2
        if key != self.key:
            self.function = None
            self.function = getattr(self, r["kind"].replace("-", "_"))(r)
            self.key = key
        seconds = 0.0
        for _ in range(warm_ups):
            if seconds < 5 * SHORT:
                start = time.perf_counter()
                self.function()
                seconds = time.perf_counter() - start
        repeats = max(1, min(10000, int(SHORT / seconds)))
        wall, cpu = [], []
        for _ in range(r["runs"]):
            start, cpu_start = time.perf_counter(), time.process_time()
            for _ in range(repeats):
                self.function()
            cpu.append((time.process_time() - cpu_start) / repeats)
            wall.append((time.perf_counter() - start) / repeats)
        return {"seconds": statistics.median(wall), "cpu_seconds": statistics.median(cpu)}

    def ensure(self, r):
        folders.ensure(r["folder"], r["shape"])
        return {}

    def inputs(self, r):
        """Writes what both sides are to evaluate."""
        config = self.net(r["folder"])[1]
        generator = torch.Generator().manual_seed(2)
        x = torch.randn(r["batch"], config["in_channels"], r["size"], r["size"],
                        generator=generator)
        tensors = {"sample": x, "timestep": torch.full((r["batch"],), 500)}
        if config.get("num_class_embeds"):
            tensors["class_labels"] = torch.arange(r["batch"]) % config["num_class_embeds"]
        save_file(tensors, r["input"])
        return {}

    def difference(self, r):
        """Largest differences, relative to the largest number, from PyTorch in float32 and 64."""
        net = self.net(r["folder"])[0]
        given, ours = load_file(r["input"]), load_file(r["output"])["sample"]
        words = given["sample"], given["timestep"], given.get("class_labels")
        theirs = net(*words)
        found = {"float32": ((ours - theirs).abs().max() / theirs.abs().max()).item(), "finite":
                 bool(ours.isfinite().all())}
        exact = net.double()(words[0].double(), *words[1:])
        found["float64"] = ((ours - exact).abs().max() / exact.abs().max()).item()
        found["torch"] = ((theirs - exact).abs().max() / exact.abs().max()).item()
        return found


def main():
    torch.set_flush_denormal(True)
    worker = Worker()
    onednn = re.search(r"MKL-DNN v([\d.]+)", torch.__config__.show())
    print(json.dumps({"torch": f"PyTorch {torch.__version__}, oneDNN "
                               f"{onednn.group(1) if onednn else 'missing'}"}), flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            request = json.loads(line)
            print(json.dumps(getattr(worker, request["do"])(request)), flush=True)


main()
