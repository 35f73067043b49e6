# SPDX-License-Identifier: GPL-3.0-or-later
"""Plots as SVG, in colors that can be read on light and on dark pages."""

import math
from xml.sax.saxutils import escape

FARTHEST = 6  # longer bars end there; their numbers tell
INK, FAINT, COLORS = "#6e7781", "#6e778155", ("#2f81f7", "#e08a00", "#2da44e")
FONT = "font-family='system-ui, sans-serif'"


def _paint(name, color):
    """A color with two more digits for its opacity, which not all viewers know in one."""
    return f"{name}='{color[:7]}'" + (
        f" {name}-opacity='{int(color[7:], 16) / 255:.2f}'" if len(color) > 7 else "")


class Svg:
    def __init__(self, width, height):
        self.width, self.height, self.parts = width, height, []

    def text(self, x, y, words, anchor="start", size=12, color=INK, weight="normal"):
        self.parts.append(f"<text x='{x:.1f}' y='{y:.1f}' font-size='{size}' {_paint('fill', color)} "
                          f"font-weight='{weight}' text-anchor='{anchor}'>{escape(words)}</text>")

    def line(self, x1, y1, x2, y2, color=FAINT, width=1.0, dash=""):
        self.parts.append(f"<line x1='{x1:.1f}' y1='{y1:.1f}' x2='{x2:.1f}' y2='{y2:.1f}' "
                          f"{_paint('stroke', color)} stroke-width='{width}' stroke-dasharray='{dash}'/>")

    def bar(self, x, y, width, height, color):
        self.parts.append(f"<rect x='{x:.1f}' y='{y:.1f}' width='{width:.1f}' "
                          f"height='{height:.1f}' rx='1.5' {_paint('fill', color)}/>")

    def curve(self, points, color):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self.parts.append(f"<polyline points='{path}' fill='none' stroke='{color}' "
                          f"stroke-width='2'/>")
        for x, y in points:
            self.parts.append(f"<circle cx='{x:.1f}' cy='{y:.1f}' r='3.5' fill='{color}'/>")

    def write(self, path):
        with open(path, "w", encoding="utf-8") as f:
            f.write(f"<svg xmlns='http://www.w3.org/2000/svg' width='{self.width}' "
                    f"height='{self.height:.0f}' viewBox='0 0 {self.width} {self.height:.0f}' "
                    f"{FONT}>\n" + "\n".join(self.parts) + "\n</svg>\n")


def _threads(n):
    return f"{n} thread" + ("s" if n > 1 else "")


def _legend(svg, x, y, names):
    for name, color in zip(names, COLORS):
        svg.bar(x, y - 9, 10, 10, color)
        svg.text(x + 15, y, name)
        x += 30 + 6.5 * len(name)


def ratios(path, results, machine):
    """Bars: how many times faster than PyTorch, a line at 1 and at 3."""
    threads = sorted({r["threads"] for r in results})
    titles = list(dict.fromkeys((r["part"], r["title"]) for r in results))
    by_row = {(r["title"], r["threads"]): r for r in results}
    left, right, thick, top = 265, 810, 9, 62
    gaps = sum(a[0] != b[0] for a, b in zip(titles, titles[1:]))
    pitch = thick * len(threads) + 8
    height = top + pitch * len(titles) + 12 * gaps + 50
    svg = Svg(860, height)
    most = max(3.5, *(max(r["ratios"][-1], r.get("ratio_stock", 0)) for r in results))
    most = min(most, FARTHEST)
    place = lambda ratio: left + (right - left) * min(ratio, most) / most
    svg.text(16, 24, "Times as fast as PyTorch on the same processor", size=15, weight="bold")
    _legend(svg, 18, 46, [_threads(n) for n in threads])
    if any("ratio_stock" in r for r in results):
        svg.text(left, 46, "full: PyTorch at its best settings; pale: as it comes", size=11)
    for mark in range(0, int(most) + 1):
        strong = mark in (1, 3)
        svg.line(place(mark), top - 6, place(mark), height - 42, INK if strong else FAINT,
                 1.2 if strong else 0.8, "" if mark != 3 else "4 3")
        svg.text(place(mark), height - 28, f"{mark}×", "middle",
                 weight="bold" if strong else "normal")
    y, part = top, titles[0][0]
    for row_part, title in titles:
        if row_part != part:
            y, part = y + 12, row_part
        svg.text(left - 10, y + pitch / 2, title, "end")
        for i, n in enumerate(threads):
            if (title, n) in by_row:
                _bar(svg, by_row[title, n], place, y + i * thick, thick, COLORS[i])
        y += pitch
    svg.text(16, height - 8, machine, size=11)
    svg.write(path)


def _bar(svg, result, place, y, thick, color):
    spread = result["ratios"]
    stock = result.get("ratio_stock", 0)
    svg.bar(place(0), y + 0.5, place(stock) - place(0), thick - 1, color + "55")
    svg.bar(place(0), y + 0.5, place(result["ratio"]) - place(0), thick - 1, color)
    svg.line(place(spread[0]), y + thick / 2, place(spread[-1]), y + thick / 2, INK, 1.4)
    svg.text(place(max(stock, spread[-1])) + 5, y + thick - 1,
             f"{result['ratio']:.2f}" + ("" if result["trusted"] else " (busy)"), size=10)


def pixels(path, points, machine):
    """Time of a step per megapixel by the side of the picture; points: (side, seconds)."""
    svg = Svg(620, 330)
    left, right, top, bottom = 70, 590, 66, 270
    rates = [seconds / side ** 2 * 1e6 for side, seconds in points]
    most = 1.25 * max(rates)
    low, high = math.log2(points[0][0]), math.log2(points[-1][0])
    across = lambda side: left + 20 + (right - left - 40) * (math.log2(side) - low) / (high - low)
    up = lambda rate: bottom - (bottom - top) * rate / most
    svg.text(16, 24, "Seconds a step takes for a megapixel", size=15, weight="bold")
    svg.text(16, 44, "a level line is time that grows as the pixels do; the band is ±15 %")
    middle = math.sqrt(min(rates) * max(rates))
    svg.bar(left, up(1.15 * middle), right - left, up(0.85 * middle) - up(1.15 * middle), FAINT)
    step = 10 ** math.floor(math.log10(most / 2))
    step *= next(n for n in (1, 2, 5) if most / (n * step) <= 7)
    for i in range(int(most / step) + 1):
        svg.line(left, up(step * i), right, up(step * i))
        svg.text(left - 8, up(step * i) + 4, f"{step * i:g}", "end")
    svg.curve([(across(side), up(rate)) for (side, _), rate in zip(points, rates)], COLORS[0])
    for (side, seconds), rate in zip(points, rates):
        svg.text(across(side), bottom + 18, f"{side} px", "middle")
        svg.text(across(side), up(rate) - 12, f"{seconds:.2f} s", "middle", size=11)
    svg.text(16, 318, machine, size=11)
    svg.write(path)
