# SPDX-License-Identifier: GPL-3.0-or-later
"""What the entries of losses/ expect, computed once more from their inputs by the formulas of their
files ("about", "formula"), in double precision and without the core.  Shapes are whatever they are.
"""

import math
import re

import numpy as np

GAMMA = 5.0  # of the min-SNR weight


def betas_of(config):
    n, begin, end = (config[key] for key in ("num_train_timesteps", "beta_start", "beta_end"))
    if config["beta_schedule"] == "scaled_linear":
        return np.linspace(begin ** 0.5, end ** 0.5, n) ** 2
    return np.linspace(begin, end, n)


def alphas_cumprod(config):
    return np.cumprod(1.0 - betas_of(config))


def over(values, like):
    """One number for each of a batch, to be used with all of it."""
    return np.reshape(values, np.shape(values) + (1,) * (like.ndim - np.ndim(values)))


def channels_of(x):
    index = np.arange(x.shape[1] if x.ndim > 1 else 1, dtype=float)
    return index.reshape((1, -1) + (1,) * (x.ndim - 2)) if x.ndim > 1 else index


def each(x):
    """A batch's numbers, one row for each of it."""
    return x.reshape(len(x), -1)


def tanh_toy(toy, x, t):
    return np.tanh(toy["a"] * x + over(toy["b"] * np.sin(toy["w"] * np.asarray(t, float)), x)
                   + toy["d"] * channels_of(x))


def mixture(toy, x, alpha, sigma):
    """Two Gaussians a number: the logarithm of the density, its gradient, and the mean of x0."""
    m, s, offset = toy["m"] * (1.0 - 0.25 * channels_of(x)), toy["s"], toy.get("offset", 0.0)
    v = alpha ** 2 * s ** 2 + sigma ** 2
    logs = [np.log(weight) - (x - alpha * (offset + sign * m)) ** 2 / (2.0 * v)
            for weight, sign in ((toy["p"], 1.0), (1.0 - toy["p"], -1.0))]
    log_density = np.logaddexp(*logs) - 0.5 * np.log(2.0 * np.pi * v)
    share = [np.exp(log - np.logaddexp(*logs)) for log in logs]
    score = sum(part * (alpha * (offset + sign * m) - x) for part, sign in zip(share, (1, -1))) / v
    x0 = (x + sigma ** 2 * score) / alpha
    return log_density, score, x0


def simple(entry, root, got):
    ac = alphas_cumprod(entry["config"])[got["t"]]
    x0, noise = got["x0"].astype(float), got["noise"].astype(float)
    alpha, sigma = over(np.sqrt(ac), x0), over(np.sqrt(1.0 - ac), x0)
    x_t = alpha * x0 + sigma * noise
    out = tanh_toy(root["toy"], x_t, got["t"])
    snr = ac / (1.0 - ac)
    least = np.minimum(snr, GAMMA)
    expected = {"x_t": x_t, "out": out, "snr": snr}
    for name, target, weight in (("epsilon", noise, least / snr), ("sample", x0, least),
                                 ("v_prediction", alpha * noise - sigma * x0, least / (snr + 1))):
        loss = each((target - out) ** 2).mean(axis=1)
        expected |= {f"loss_{name}": loss, f"minsnr_weight_{name}": weight,
                     f"mean_{name}": [loss.mean()], f"minsnr_loss_{name}": [(weight * loss).mean()]}
    return expected


def explicit_score(entry, root, got):
    del root
    x, alpha, sigma = got["x"].astype(float), entry["al"], entry["sg"]
    log_density, score, x0 = mixture(entry["toy_data"], x, alpha, sigma)
    said = tanh_toy(entry["toy_model"], x, 0.0)
    return {"log_density": each(log_density).sum(axis=1), "score": score, "posterior_mean": x0,
            "eps": (x - alpha * x0) / sigma,
            "per_sample": 0.5 * each((said - score) ** 2).sum(axis=1)}


def kl(mean_q, log_q, mean_p, log_p):
    off = (mean_q - mean_p) ** 2 * np.exp(-log_p)
    return 0.5 * (log_p - log_q + np.exp(log_q - log_p) + off - 1)


def decoder(exact, x0, mean, log_p):
    """-log of the probability of a byte's bin."""
    def less(z):  # how likely less than z is
        if exact:
            return 0.5 * np.vectorize(math.erfc)(-z / math.sqrt(2.0))
        return 0.5 * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z ** 3)))
    plus, minus = ((x0 - mean + half) * np.exp(-0.5 * log_p) for half in (1 / 255, -1 / 255))
    beyond = less(-minus) if exact else 1.0 - less(minus)
    mass = np.where(x0 > 0.999, beyond, less(plus) - less(minus))
    mass = np.where(x0 < -0.999, less(plus), mass)
    return -np.log(np.maximum(mass, 1e-12))


def bound_at(entry, root, x0, noise, t):
    """The bound's part at one timestep, and the squared errors of x0 and of the noise."""
    beta, ac = betas_of(entry["config"]), alphas_cumprod(entry["config"])
    before = np.concatenate([[1.0], ac[:-1]])
    posterior = beta * (1.0 - before) / (1.0 - ac)
    log_posterior = np.log(np.concatenate([posterior[1:2], posterior[1:]]))
    x_t = math.sqrt(ac[t]) * x0 + math.sqrt(1.0 - ac[t]) * noise
    out = tanh_toy(root["toy"], x_t, np.full(len(x0), t))
    seen = (x_t - math.sqrt(1.0 - ac[t]) * out) / math.sqrt(ac[t])
    seen = np.clip(seen, -1.0, 1.0) if entry["clip"] else seen
    of_x0 = beta[t] * math.sqrt(before[t]) / (1.0 - ac[t])
    of_x = (1.0 - before[t]) * math.sqrt(1.0 - beta[t]) / (1.0 - ac[t])
    log_p = log_posterior[t]
    if entry["variance"] == "fixed_large" and t > 0:
        log_p = math.log(beta[t])
    elif entry["variance"] == "learned_range":
        part = (np.tanh(0.5 * x_t + 0.2 * math.cos(root["toy"]["w"] * t)) + 1.0) / 2.0
        log_p = part * math.log(beta[t]) + (1.0 - part) * log_posterior[t]
    mean = of_x0 * seen + of_x * x_t
    if t > 0:
        nats = kl(of_x0 * x0 + of_x * x_t, log_posterior[t], mean, log_p)
    else:
        nats = decoder(entry["cdf"] == "erf", x0, mean, log_p)
    eps = (x_t - math.sqrt(ac[t]) * seen) / math.sqrt(1.0 - ac[t])
    return [each(value).mean(axis=1)
            for value in (nats / math.log(2.0), (seen - x0) ** 2, (eps - noise) ** 2)]


def vlb(entry, root, got):
    x0 = got["x0_bytes"] / 127.5 - 1.0
    parts = [bound_at(entry, root, x0, noise.astype(float), int(t))
             for t, noise in zip(got["t"], got["noise"])]
    vb, xstart_mse, mse = (np.stack(values, axis=1) for values in zip(*parts))
    last = alphas_cumprod(entry["config"])[-1]
    prior = each(kl(math.sqrt(last) * x0, math.log1p(-last), 0.0, 0.0)).mean(axis=1) / math.log(2.0)
    return {"vb": vb, "xstart_mse": xstart_mse, "mse": mse, "prior": prior,
            "total": vb.sum(axis=1) + prior}


def levels(entry, root, got):
    """Denoising score matching of the exact score over noise levels."""
    x0, z, sigmas = got["x0"].astype(float), got["z"].astype(float), got["sigmas"]
    shape = (len(x0), len(sigmas))
    sigma = sigmas.reshape((1, -1) + (1,) * (x0.ndim - 1))
    x = (x0[:, None] + sigma * z).reshape((-1,) + x0.shape[1:])
    _, score, _ = mixture(root["toy"], x, 1.0, over(np.tile(sigmas, len(x0)), x))
    off = each(score.reshape(z.shape[0] * z.shape[1], -1)
               + (z / sigma).reshape(z.shape[0] * z.shape[1], -1)) ** 2
    half, mean = 0.5 * off.sum(axis=1).reshape(shape), off.mean(axis=1).reshape(shape)
    growth = 2.0 * math.log(entry["sigma_max"] / entry["sigma_min"])
    weighted = sigmas ** 2 * half
    return {"sigmas": sigmas, "per_sample_sum": half, "weighted": weighted,
            "per_sample_mean": sigmas ** 2 * mean, "likelihood_weighted": growth * weighted,
            "loss_sum": [weighted.mean()], "loss_mean": [(sigmas ** 2 * mean).mean()]}


# ---- the small network; weights have one more dimension in front, for many networks at once

CURVES = {"tanh": (np.tanh, lambda a: 1.0 - np.tanh(a) ** 2),
          "softplus": (lambda a: np.log(1.0 + np.exp(a)), lambda a: 1.0 / (1.0 + np.exp(-a)))}


def curves_of(note):
    """What follows each layer: "score net: Linear(2,H), tanh, Linear(H,2); ..."."""
    curves = []
    for word in re.findall(r"Linear|tanh|softplus", note.split("score net: ")[1].split(";")[0]):
        if word == "Linear":
            curves.append(None)
        else:
            curves[-1] = word
    return curves


def network(weights, curves, x):
    """Outputs [..., n, d], and their derivatives [..., n, d, d] with respect to the points."""
    y, jacobian = x, np.eye(x.shape[-1])
    for (weight, bias), curve in zip(weights, curves):
        y = y @ np.swapaxes(weight, -1, -2) + bias[..., None, :]
        jacobian = weight[..., None, :, :] @ jacobian
        if curve:
            value, slope = CURVES[curve]
            y, jacobian = value(y), slope(y)[..., None] * jacobian
    return y, jacobian


def score_loss(kind, entry, got, weights, curves):
    """The loss at each point: [..., n]."""
    x, sigma = got["points"].astype(float), entry.get("sigma")
    if kind == "dsm":
        z = got["z"].astype(float)
        s, _ = network(weights, curves, x + sigma * z)
        return 0.5 * sigma ** 2 * ((s + z / sigma) ** 2).sum(axis=-1)
    s, jacobian = network(weights, curves, x)
    length2 = 0.5 * (s ** 2).sum(axis=-1)
    if kind == "ism":
        return np.trace(jacobian, axis1=-2, axis2=-1) + length2
    loss = 0.0
    for v in got["projections"].astype(float):
        along = 0.5 * (v * s).sum(axis=-1) ** 2
        loss = loss + np.einsum("ni,...nij,nj->...n", v, jacobian, v) + (
            length2 if "_vr_" in entry["id"] else along)
    return loss / len(got["projections"])


def layers_of(got):
    return sorted({int(name.split(".")[0][2:]) for name in got if name.startswith("w/")})


def gradients(loss, weights):
    """Of the mean of an analytic loss [..., n] of weights, by complex steps, which are exact."""
    flat = np.concatenate([part.ravel() for layer in weights for part in layer])
    nudged = flat + 1e-40j * np.eye(len(flat))
    at, many = 0, []
    for layer in weights:
        parts = []
        for part in layer:
            parts.append(nudged[:, at:at + part.size].reshape((-1,) + part.shape))
            at += part.size
        many.append(parts)
    slopes = loss(many).mean(axis=-1).imag / 1e-40
    return np.split(slopes, np.cumsum([part.size for layer in weights for part in layer])[:-1])


def score_matching(entry, root, got):
    if "sigmas" in got:
        return levels(entry, root, got)
    holder = next(other for other in root["cases"] if "points" in other["tensors"])
    layers, curves = layers_of(got), curves_of(holder["note"])
    weights = [[got[f"w/{k}.{part}"].astype(float) for part in ("weight", "bias")] for k in layers]
    kind = entry["id"].split("_")[0]
    if kind == "mlp":
        score, jacobian = network(weights, curves, got["points"].astype(float))
        return {"score": score, "jacobian": jacobian}
    per_point = score_loss(kind, entry, got, weights, curves)
    slopes = iter(gradients(lambda many: score_loss(kind, entry, got, many, curves), weights))
    expected = {"per_point": per_point, "loss": [per_point.mean()]}
    for k, layer in zip(layers, weights):
        for part, like in zip(("weight", "bias"), layer):
            expected[f"grad/{k}.{part}"] = next(slopes).reshape(like.shape)
    return expected


# ---- optimizers


def optim(entry, root, got):
    """Walks all parameters; sets the entry's grad_norms where it has some."""
    del root
    if "lr" not in entry:
        return {}
    numbers = sorted(int(name[2:]) for name in got if name.startswith("p."))
    steps = 1 + max(int(name.split(".")[1]) for name in got if name.startswith("g."))
    p = {i: got[f"p.{i}"].astype(float) for i in numbers}
    m, v = ({i: np.zeros_like(p[i]) for i in numbers} for _ in range(2))
    ema, expected, norms = dict(p), {}, []
    kind = next(word for word in entry["id"].split("_") if word in ("adam", "adamw", "sgd"))
    (beta1, beta2), rate, decay = entry["betas"], entry["lr"], entry["weight_decay"]
    for k in range(steps):
        g = {i: got[f"g.{k}.{i}"].astype(float) for i in numbers}
        norms.append(math.sqrt(sum((g[i] ** 2).sum() for i in numbers)))
        most = entry["max_norm"]
        for i in numbers:
            slope = g[i] * min(1.0, most / (norms[-1] + 1e-6)) if most else g[i]
            if kind == "adamw":
                p[i] = p[i] * (1.0 - rate * decay)
            else:
                slope = slope + decay * p[i]
            if kind == "sgd":
                m[i] = beta1 * m[i] + slope if k else slope
                p[i] = p[i] - rate * m[i]
            else:
                m[i] = beta1 * m[i] + (1.0 - beta1) * slope
                v[i] = beta2 * v[i] + (1.0 - beta2) * slope ** 2
                root_v = np.sqrt(v[i] / (1.0 - beta2 ** (k + 1))) + entry["eps"]
                p[i] = p[i] - rate / (1.0 - beta1 ** (k + 1)) * m[i] / root_v
            ema[i] = entry["ema_decay"] * ema[i] + (1.0 - entry["ema_decay"]) * p[i]
            expected |= {f"after.{k}.{i}": p[i], f"ema.{k}.{i}": ema[i]}
    if entry["grad_norms"]:
        entry["grad_norms"] = norms
    return expected | {f"m.{i}": m[i] for i in numbers} | {f"v.{i}": v[i] for i in numbers}


GROUPS = {"simple": simple, "explicit_score": explicit_score, "vlb": vlb,
          "score_matching": score_matching, "optim": optim}
