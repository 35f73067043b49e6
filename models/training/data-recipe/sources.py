# SPDX-License-Identifier: GPL-3.0-or-later
"""sources.py FOLDER: says where the crops are from, and whose they are.

Reads FOLDER/pack/labels.tsv and the copyright files in FOLDER/x, writes FOLDER/pack/LICENSES.md,
which is ../DATA-LICENSES.md once a model trained on these pictures is published.
"""

import collections
import csv
import os
import re
import sys

from licences import stated

HEAD = """# Sources and licences of this texture pack
Every crop is listed in labels.tsv with its package, version, source path, crop box, licence and tier.
Tier A: CC0, public domain, CC-BY, MIT/Expat, Zlib, BSD. Tier B: CC-BY-SA 3.0/4.0. Tier C: GPL-2+, GPL-3+, LGPL.
No file under a GPL-2-only, GFDL, Unsplash, NC or ND licence is in the pack. All crops were changed (cut out and
scaled). Licence texts: /usr/share/common-licenses and each package's /usr/share/doc/PACKAGE/copyright.

| package | version | crops | sources | tiers | licences |
| --- | --- | --- | --- | --- | --- |
"""

NOTES = {
    "0ad-data": "Wildfire Games, CC-BY-SA 3.0 (art/LICENSE.txt: link to http://www.wildfiregames.com/ "
                "and the licence; some textures derive from CGTextures material that CGTextures "
                "allowed to be released under CC-BY-SA)",
    "krita-data": "Krita team, patterns by David Revoy and Ramon Miranda (debian/copyright catch-all: "
                  "GPL and LGPL)",
    "nexuiz-textures": "Alientrap, Lee Vermeulen and the Nexuiz authors (evillair, Georges \"TRaK\" "
                       "Grondin and others), GPL-2+",
    "plasma-workspace-wallpapers": "debian/copyright: GPL-2+ (KDE Visual Design Group); each "
                                   "wallpaper's metadata.json names its author and LGPLv3",
    "python3-skimage": "brick, grass, gravel CC0 (from cc0textures); chelsea, coffee CC0; astronaut "
                       "public domain (NASA); stated in skimage/data/_fetchers.py",
    "supertuxkart-data": "where debian/copyright has no stanza for the file its catch-all GPL-3+ is "
                         "given",
}


def counts(values, form, most_common=False):
    counter = collections.Counter(values)
    pairs = counter.most_common() if most_common else sorted(counter.items())
    return [form.format(*pair) for pair in pairs]


def write_table(out, packages):
    for package in sorted(packages, key=lambda name: -len(packages[name])):
        rows = packages[package]
        tiers = " ".join(counts((row["tier"] for row in rows), "{}:{}"))
        licences = ", ".join(counts((row["licence"] for row in rows), "{} ({})", True))
        sources = len({row["source_path"] for row in rows})
        out.write(f"| {package} | {rows[0]['version']} | {len(rows)} | {sources} | {tiers} | "
                  f"{licences} |\n")


def write_authors(out, root, packages):
    out.write("\n## Authors (from debian/copyright, per package and licence)\n")
    for package in sorted(packages):
        out.write(f"\n### {package}\n")
        if package in NOTES:
            out.write(NOTES[package] + "\n")
        authors = collections.defaultdict(collections.Counter)
        for path in sorted({row["source_path"] for row in packages[package]}):
            licence, holders, _ = stated(root, f"{package}/{path}")
            if holders:
                authors[licence][re.sub(r"\s+", " ", holders)] += 1
        for licence in sorted(authors):
            for holders, n in authors[licence].most_common():
                out.write(f"- {licence}: {holders[:400]} ({n} sources)\n")


def main():
    root = sys.argv[1]
    pack = os.path.join(root, "pack")
    packages = collections.defaultdict(list)
    with open(os.path.join(pack, "labels.tsv"), encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            packages[row["package"]].append(row)
    with open(os.path.join(pack, "LICENSES.md"), "w", encoding="utf-8") as out:
        out.write(HEAD)
        write_table(out, packages)
        write_authors(out, root, packages)


if __name__ == "__main__":
    main()
