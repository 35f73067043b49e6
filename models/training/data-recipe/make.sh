#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Rebuilds /var/tmp/texture-pack/pack on Debian 13 with trixie-backports in the package sources, as root.
# needs: python3-pil python3-numpy unzip dpkg ; about 14 GB of scratch while it runs
set -e; export LC_ALL=C.UTF-8; D=/var/tmp/texture-pack; mkdir -p $D/debs $D/x; cd $D/debs
PK="0ad-data budgie-backgrounds colobot-common-textures cube2-data endless-sky-data extremetuxracer-data flightgear-data-base gnome-recipes-data krita-data lomiri-wallpapers-16.04 lomiri-wallpapers-20.04 mate-backgrounds megaglest-data mypaint-data-extras nexuiz-textures openarena-081-textures palapeli-data plasma-workspace-wallpapers python3-skimage redeclipse-data supertuxkart-data sweethome3d sweethome3d-furniture ufoai-textures"
for p in $PK; do [ -d $D/x/$p ] && continue; apt-get download $p; f=$(ls ${p}_*.deb); ls -l $f | awk '{print $5,$9}' >> $D/debsizes.txt
  mkdir -p $D/x/$p; dpkg-deb -x $f $D/x/$p; rm $f; done
cd $D/x
for f in $(find nexuiz-textures openarena-081-textures ufoai-textures -name '*.pk3'); do d=$(dirname $f)/unz; mkdir -p $d; unzip -qo $f -d $d; rm $f; done
for f in $(find sweethome3d-furniture -name '*.sh3f'); do d=sweethome3d-furniture/unz/$(basename $f .sh3f); mkdir -p $d; unzip -qo $f -d $d; rm $f; done
[ -d sweethome3d/unz ] || { mkdir sweethome3d/unz; unzip -qo sweethome3d/usr/share/sweethome3d/sweethome3d.jar -d sweethome3d/unz; }
z=0ad-data/usr/share/games/0ad/mods/public/public.zip; [ -f $z ] && { mkdir -p 0ad-data/unz; unzip -qo $z 'art/textures/terrain/types/*' 'art/textures/skins/gaia/*' -d 0ad-data/unz; rm $z; }
cd $D; python3 pat.py; for p in $PK; do echo $D/x/$p; done | python3 idx.py          # index.tsv: every image >=128 px, md5-deduplicated, no normal/spec maps
python3 -W ignore sel.py                            # sel.tsv: path -> label by file-name rules (rules in sel.py, exclusions in exc.py, licences by dep5.py)
python3 -W ignore skyw.py                           # sky / water candidates from the endless-sky landscape photos
python3 -W ignore build.py                          # crops, quality filter, near-duplicate clusters, quotas -> sel.pkl
QT=${QT:-80} QP=${QP:-79} python3 -W ignore pack.py # pack/ + labels.tsv
python3 -W ignore licences.py; python3 contact.py   # pack/LICENSES.md, contact.png
