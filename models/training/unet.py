# SPDX-License-Identifier: GPL-3.0-or-later
"""UNet2DModel of the diffusers layout in plain PyTorch, for machines without diffusers.

Tensor names, shapes and config keys are those of diffusers' `UNet2DModel`
(DownBlock2D / AttnDownBlock2D / UpBlock2D / AttnUpBlock2D, UNetMidBlock2D), so a
state dict saved from here loads there and the other way round. Tensors are NCHW.
"""

import math

import torch
import torch.nn as nn
import torch.nn.functional as F


def timestep_embedding(t, dim, flip_sin_to_cos=True, freq_shift=0, max_period=10000):
    """(B,) timesteps -> (B, dim) sinusoidal embedding (diffusers `Timesteps`)."""
    half = dim // 2
    freqs = torch.exp(-math.log(max_period) * torch.arange(half, device=t.device, dtype=torch.float32) / (half - freq_shift))
    arg = t[:, None].float() * freqs[None]
    sin, cos = torch.sin(arg), torch.cos(arg)
    return torch.cat([cos, sin], -1) if flip_sin_to_cos else torch.cat([sin, cos], -1)


class TimeEmbedding(nn.Module):
    def __init__(self, c_in, c):
        super().__init__()
        self.linear_1 = nn.Linear(c_in, c)
        self.linear_2 = nn.Linear(c, c)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class Resnet(nn.Module):
    def __init__(self, c_in, c_out, c_emb, groups, eps, dropout):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, c_in, eps=eps)
        self.conv1 = nn.Conv2d(c_in, c_out, 3, padding=1)
        self.time_emb_proj = nn.Linear(c_emb, c_out)
        self.norm2 = nn.GroupNorm(groups, c_out, eps=eps)
        self.dropout = nn.Dropout(dropout)
        self.conv2 = nn.Conv2d(c_out, c_out, 3, padding=1)
        self.conv_shortcut = nn.Conv2d(c_in, c_out, 1) if c_in != c_out else None
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x, emb):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time_emb_proj(F.silu(emb))[:, :, None, None]
        h = self.conv2(self.dropout(F.silu(self.norm2(h))))
        return (x if self.conv_shortcut is None else self.conv_shortcut(x)) + h


class Attention(nn.Module):
    def __init__(self, c, head_dim, groups, eps):
        super().__init__()
        self.heads = c // (head_dim or c)
        self.group_norm = nn.GroupNorm(groups, c, eps=eps)
        self.to_q = nn.Linear(c, c)
        self.to_k = nn.Linear(c, c)
        self.to_v = nn.Linear(c, c)
        self.to_out = nn.ModuleList([nn.Linear(c, c), nn.Dropout(0.0)])

    def forward(self, x):
        b, c, h, w = x.shape
        y = self.group_norm(x).flatten(2).transpose(1, 2)
        split = lambda z: z.view(b, h * w, self.heads, -1).transpose(1, 2)
        y = F.scaled_dot_product_attention(split(self.to_q(y)), split(self.to_k(y)), split(self.to_v(y)))
        y = self.to_out[0](y.transpose(1, 2).reshape(b, h * w, c))
        return x + y.transpose(1, 2).reshape(b, c, h, w)


class Sampler(nn.Module):
    """Downsample2D (stride-2 conv) or Upsample2D (nearest x2, then conv)."""

    def __init__(self, c, up):
        super().__init__()
        self.up = up
        self.conv = nn.Conv2d(c, c, 3, stride=1 if up else 2, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest") if self.up else x)


class Block(nn.Module):
    def __init__(self, channels, c_emb, attention, groups, eps, dropout, head_dim, resample):
        super().__init__()
        self.resnets = nn.ModuleList(Resnet(i, o, c_emb, groups, eps, dropout) for i, o in channels)
        if attention:
            self.attentions = nn.ModuleList(Attention(o, head_dim, groups, eps) for _, o in channels)
        if resample == "down":
            self.downsamplers = nn.ModuleList([Sampler(channels[-1][1], up=False)])
        if resample == "up":
            self.upsamplers = nn.ModuleList([Sampler(channels[-1][1], up=True)])


class UNet2DModel(nn.Module):
    def __init__(self, **config):
        super().__init__()
        c = dict(sample_size=64, in_channels=3, out_channels=3, center_input_sample=False, time_embedding_type="positional",
                 freq_shift=0, flip_sin_to_cos=True, down_block_types=("DownBlock2D",) * 4, up_block_types=("UpBlock2D",) * 4,
                 block_out_channels=(64, 128, 192, 256), layers_per_block=2, mid_block_scale_factor=1, downsample_padding=1,
                 downsample_type="conv", upsample_type="conv", dropout=0.0, act_fn="silu", attention_head_dim=8,
                 norm_num_groups=32, norm_eps=1e-5, resnet_time_scale_shift="default", add_attention=True,
                 class_embed_type=None, num_class_embeds=None)
        c.update(config)
        self.config = c
        ch, g, eps, drop, hd = c["block_out_channels"], c["norm_num_groups"], c["norm_eps"], c["dropout"], c["attention_head_dim"]
        n, emb = c["layers_per_block"], ch[0] * 4
        self.conv_in = nn.Conv2d(c["in_channels"], ch[0], 3, padding=1)
        self.time_embedding = TimeEmbedding(ch[0], emb)
        if c["num_class_embeds"]:
            self.class_embedding = nn.Embedding(c["num_class_embeds"], emb)
        self.down_blocks = nn.ModuleList()
        for i, kind in enumerate(c["down_block_types"]):
            c_in = ch[max(i - 1, 0)]
            pairs = [(c_in if j == 0 else ch[i], ch[i]) for j in range(n)]
            self.down_blocks.append(Block(pairs, emb, kind.startswith("Attn"), g, eps, drop, hd, "down" if i < len(ch) - 1 else None))
        self.mid_block = Block([(ch[-1], ch[-1])] * 2, emb, False, g, eps, drop, hd, None)
        if c["add_attention"]:
            self.mid_block.attentions = nn.ModuleList([Attention(ch[-1], hd, g, eps)])
        self.up_blocks = nn.ModuleList()
        rev = list(reversed(ch))
        for i, kind in enumerate(c["up_block_types"]):
            prev, out, skip_last = rev[max(i - 1, 0)], rev[i], rev[min(i + 1, len(ch) - 1)]
            pairs = []
            for j in range(n + 1):
                skip = skip_last if j == n else out
                pairs.append(((prev if j == 0 else out) + skip, out))
            self.up_blocks.append(Block(pairs, emb, kind.startswith("Attn"), g, eps, drop, hd, "up" if i < len(ch) - 1 else None))
        self.conv_norm_out = nn.GroupNorm(g, ch[0], eps=eps)
        self.conv_out = nn.Conv2d(ch[0], c["out_channels"], 3, padding=1)

    def forward(self, x, t, labels=None):
        """x (B, in, H, W), t (B,) in [0, T), labels (B,) -> (B, out, H, W)."""
        c = self.config
        emb = self.time_embedding(timestep_embedding(t, c["block_out_channels"][0], c["flip_sin_to_cos"], c["freq_shift"]).to(self.conv_in.weight.dtype))
        if c["num_class_embeds"]:
            emb = emb + self.class_embedding(labels)
        x = self.conv_in(x)
        skips = [x]
        for block in self.down_blocks:
            for j, resnet in enumerate(block.resnets):
                x = resnet(x, emb)
                if hasattr(block, "attentions"):
                    x = block.attentions[j](x)
                skips.append(x)
            if hasattr(block, "downsamplers"):
                x = block.downsamplers[0](x)
                skips.append(x)
        x = self.mid_block.resnets[0](x, emb)
        if hasattr(self.mid_block, "attentions"):
            x = self.mid_block.attentions[0](x)
        x = self.mid_block.resnets[1](x, emb)
        for block in self.up_blocks:
            for j, resnet in enumerate(block.resnets):
                x = resnet(torch.cat([x, skips.pop()], 1), emb)
                if hasattr(block, "attentions"):
                    x = block.attentions[j](x)
            if hasattr(block, "upsamplers"):
                x = block.upsamplers[0](x)
        return self.conv_out(F.silu(self.conv_norm_out(x)))
