#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# stage.sh EXECUTABLE MODEL CATALOGUES FOLDER STAMP: puts together the folder
# that GIMP takes as a plug-in.
set -eu
executable=$1 model=$2 catalogues=$3 folder=$4 stamp=$5

rm -rf "$folder"
mkdir -p "$folder/models" "$folder/locale"
cp "$executable" "$folder/"
[ ! -d "$model" ] || cp -RL "$model" "$folder/models/"
for language in "$catalogues"/*/LC_MESSAGES; do
  [ ! -d "$language" ] || cp -RL "$(dirname "$language")" "$folder/locale/"
done
: > "$stamp"
