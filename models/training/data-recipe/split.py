# SPDX-License-Identifier: GPL-3.0-or-later
"""Which crops are held out."""

import collections
import hashlib

SHARE = 0.06


def digest(cluster):
    return hashlib.md5(cluster.encode()).hexdigest()


def held_out(crops):
    """-> clusters whose crops are not trained on: about 6 % of each label, at least two crops, never all

    What shares a cluster stays together, so nothing that is held out looks like what is learnt; so
    do the sky, the water and the whole of a landscape, which is why photographs come first.
    """
    by_label = collections.defaultdict(lambda: collections.defaultdict(int))
    for crop in crops:
        by_label[crop.label][crop.cluster] += 1
    held = set()
    for label in ["photo"] + sorted(by_label):
        sizes = by_label[label]
        have = sum(n for cluster, n in sizes.items() if cluster in held)
        total = sum(sizes.values())
        want = max(2, round(SHARE * total))
        for cluster in sorted(sizes, key=digest):
            if cluster in held or have >= want or sizes[cluster] > max(6, 0.5 * want + 2):
                continue
            if have + sizes[cluster] == total:
                continue  # something has to be learnt
            if len(sizes) <= 3 and have:
                break
            held.add(cluster)
            have += sizes[cluster]
    return held
