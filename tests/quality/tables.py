# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures of a model as tables in Markdown."""

NAMES = {"psnr": "PSNR", "inside": "SSIM inside", "around": "SSIM around",
         "texture": "texture distance"}


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines) + "\n"


def number(x, digits):
    return "–" if x is None else f"{x:.{digits}f}"


def percent(part, whole):
    return f"{100 * part / whole:.0f} %" if whole else "–"


def loss(f):
    head = ["timestep", *(f"{level['t']:g}" for level in f["levels"]), "mean"]
    rows = [[name, *(f"{level[key]:.4f}" for level in f["levels"]), f"{f['mean'][key]:.4f}"]
            for name, key in (("with the label", "label"), ("without", "none"))]
    return (f"Mean squared error of v on {f['crops']} held-out crops of 64 × 64 pixels, everything "
            "to be made:\n\n" + table(head, rows))


def bound(f):
    part = lambda d: f"{d['mean']:.4f}" + (f" ± {d['error']:.4f}" if d["error"] else "")
    rows = [[name, found["pictures"], *(part(found[key]) for key in ("L_T", "steps", "L_0", "bound")),
             number(found["drawn"], 4)] for name, found in f.items()]
    return ("Bits per dimension that are enough for crops of 64 × 64 pixels, with standard errors over the "
            "pictures, and how much of the last one's comes from drawing timesteps:\n\n"
            + table(["", "pictures", "L_T", "L_1 and on", "L_0", "bound", "drawn"], rows))


def total(counts):
    return [sum(c[k] for c in counts.values()) for k in range(3)]


def labels(f):
    guidance, real = f["guidance"], f["held out"]
    first, three, n = zip(*map(total, [real, *guidance.values()]))
    head = ["", "held-out crops", *(f"guidance {g}" for g in guidance)]
    rows = [["first", *map(percent, first, n)], ["among three", *map(percent, three, n)]]
    each = [[label, "{0} of {2}".format(*real[label]),
             *("{0} of {2}".format(*counts[label]) for counts in guidance.values())]
            for label in real]
    return (f"What was asked for, in the words of a classifier that had no part in it ({f['pictures']}"
            f" pictures of 64 × 64 pixels for each label and guidance, {f['steps']} steps):\n\n"
            + table(head, rows) + "\nThe first word, label by label:\n\n" + table(head, each))


def texture(f):
    row = lambda name, d: [name, *(f"{d[k]:.3f}" for k in ("held out", "model", "flat"))]
    return (f"Texture distance from held-out crops of the label ({f['pictures']} pictures of "
            f"{f['side']} × {f['side']} pixels, guidance 2, 16 steps; less is better):\n\n"
            + table(["label", "other held-out crops", "the model", "their mean color"],
                    [row(label, d) for label, d in f["labels"].items()]
                    + [row("**mean**", f["mean"])]))


def inpaint(f):
    head = ["", *NAMES.values()]
    out = [f"Holes of 15 to 30 % (boxes, discs, strokes) in {f['crops']} held-out crops of 64 to 256 "
           f"pixels, {f['photos']} of them photos; measured in the hole:\n"]
    for key, name in (("all", "all crops"), ("photo", "photos"), ("materials", "materials")):
        if f[key]:
            out.append(table([name, *head[1:]], [
                [method, number(m["psnr"], 2), number(m["inside"], 3), number(m["around"], 3),
                 number(m["texture"], 3)] for method, m in f[key].items()]))
    rows = [[f"{name} beats {other}", percent(share["psnr"], 1),
             "–" if share["texture"] is None else percent(share["texture"], 1)]
            for name, better in f["better"].items() for other, share in better.items()]
    out.append(table(["share of crops", "PSNR", "texture distance"], rows))
    out.append("Options: " + "; ".join(f"{name}: `{words}`" for name, words in f["options"].items())
               + ".\n")
    return "\n".join(out)


def markdown(figures):
    kinds = {"loss": ("Denoising loss", loss), "bound": ("Variational bound", bound),
             "labels": ("Labels", labels), "texture": ("Texture", texture),
             "inpaint": ("Inpainting", inpaint)}
    out = [f"Network: {figures['network']}; {sum(figures['heldout'].values())} held-out pictures of "
           f"{len(figures['heldout'])} labels.\n"]
    for key, (title, words) in kinds.items():
        if key in figures:
            out.append(f"### {title}\n\n{words(figures[key])}")
    return "\n".join(out)
