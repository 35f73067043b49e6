# SPDX-License-Identifier: GPL-3.0-or-later
"""What the makers of crops hand to pack.py."""

import collections

# path: below x/; scale: of the picture before it was cut; x, y: in the scaled picture;
# pixels: uint8 [size, size, 3]; cluster: crops that share one may show the same
Crop = collections.namedtuple("Crop", "label sublabel path licence scale size x y pixels cluster")
