# SPDX-License-Identifier: GPL-3.0-or-later
"""Which licence a file of a package is under, by the package's debian/copyright.

Reads x/PACKAGE/usr/share/doc/*/copyright (format: DEP 5).  A file's path is the one in the package,
but copyright names files as they lie in the source: a pattern fits where it fits any end of the path.
"""

import fnmatch
import functools
import glob
import os
import re

# Unknown, without changes or sale, or not to be mixed with the others.
REFUSED = re.compile(r"Unsplash|GFDL|^GPL-2$|Mark-Policy|Philo|^CC-BY-SA$|^\?$|NC|ND")

# debian/copyright is silent; skimage/data/_fetchers.py and nexuiz's own gpl.txt are not.
STATED_ELSEWHERE = {"nexuiz-textures": "GPL-2+", "python3-skimage": "CC0-1.0"}

UNKNOWN = ("?", "", "")


def stanzas(text):
    """-> [(patterns, licence, holders)] of the Files: paragraphs, in order"""
    found = []
    for paragraph in re.split(r"\n\s*\n", text):
        fields, key = {}, None
        for line in paragraph.split("\n"):
            if re.match(r"^[A-Za-z-]+:", line):
                key, value = line.split(":", 1)
                key = key.lower()
                fields[key] = value.strip()
            elif key and line[:1] in " \t":
                fields[key] += "\n" + line.strip()
        if "files" in fields:
            found.append((fields["files"].split(),
                          fields.get("license", "?").split("\n")[0].strip(),
                          fields.get("copyright", "").replace("\n", "; ")))
    return found


@functools.lru_cache(None)
def patterns_of(root, package):
    """-> [(compiled pattern, pattern, licence, holders)], later ones count more"""
    doc = os.path.join(root, "x", package, "usr/share/doc")
    paths = glob.glob(f"{doc}/{package}/copyright") or sorted(glob.glob(f"{doc}/*/copyright"))
    if not paths:
        return []
    with open(paths[0], encoding="utf-8", errors="replace") as file:
        return [(re.compile(fnmatch.translate(pattern)), pattern, licence, holders)
                for patterns, licence, holders in stanzas(file.read()) for pattern in patterns]


def ends_of(path):
    """a/b/c -> a/b/c, b/c, c; without the names that unpacking added"""
    parts = [part for part in path.split("/") if part != "unz" and not part.endswith(".unz")]
    ends = ["/".join(parts[i:]) for i in range(len(parts))]
    return ends + [end.replace(".cached.dds", "") for end in ends if end.endswith(".cached.dds")]


def fits(compiled, pattern, ends):
    if pattern == "*":
        return True
    if pattern.startswith("debian/"):
        return False
    if "/" in pattern:
        return any(compiled.match(end) for end in ends)
    return "*" not in pattern and any(compiled.match(end) for end in ends if "/" not in end)


def stated(root, path):
    """-> (licence, holders, pattern) of a path below x/; the licence is "?" where nothing is said"""
    package, path = path.split("/", 1)
    best = UNKNOWN
    for compiled, pattern, licence, holders in patterns_of(root, package):
        if fits(compiled, pattern, ends_of(path)):
            best = (licence, holders, pattern)
    return best


def licence_of(root, path):
    return STATED_ELSEWHERE.get(path.split("/")[0]) or stated(root, path)[0]


def licence_by_name(root, path):
    """licence_of(), or what is said of a file of the same name anywhere"""
    licence = licence_of(root, path)
    if licence == "?":
        for _, pattern, other, _ in patterns_of(root, path.split("/")[0]):
            if os.path.basename(pattern) == os.path.basename(path):
                licence = other
    return licence


def tier(licence):
    """A: only the author is to be named, if at all; B: share alike; C: the GPL and its like"""
    if "BY-SA" in licence:
        return "B"
    return "A" if re.match(r"(CC0|public|CC-BY-[34]\.0|MIT|Expat|Zlib|BSD)", licence) else "C"
