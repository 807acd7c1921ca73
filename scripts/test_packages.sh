#!/usr/bin/env bash
# Installs the packages of scripts/package.sh in a bare Debian 12 and does the quickstart's job there as a user without
# rights; removes them, and nothing is left.
#
# usage: scripts/test_packages.sh
# Needs root, mmdebstrap, the packages, and the model, clips and assets of scripts/quickstart.sh.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
case ${1:-} in -h | --help) usage ;; esac

readonly packages=build/packages given=build/quickstart
root=$(mktemp -d)
trap 'umount -q "$root/proc" || true; rm -rf --one-file-system "$root"' EXIT

inside() { chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
as_user() { inside runuser -u someone -- env -i HOME=/home/someone PATH=/usr/bin:/bin LC_ALL=C.UTF-8 "$@"; }
files_of() { (cd "$root" && find usr etc -xdev ! -type d ! -name '*.pyc' | sort); }

[ "$(id -u)" = 0 ] || fail "needs root"
ls "$packages"/vidcv_*.deb "$packages"/vidcv-torch_*.deb >/dev/null 2>&1 || fail "no packages: scripts/package.sh"
for needed in model.pt clips assets; do [ -e "$given/$needed" ] || fail "no $given/$needed: scripts/quickstart.sh"; done

say "making a bare Debian 12"
quietly mmdebstrap mmdebstrap --variant=minbase --mode=root bookworm "$root"
inside useradd -m someone
inside apt-get -qq update
files_of >"$root/before"

say "installing"
cp "$packages"/*.deb "$root/"
start=$SECONDS
quietly "apt-get install packages" inside sh -c 'apt-get -qq -y --no-install-recommends install /vidcv_*.deb /vidcv-torch_*.deb'
say "installed in $((SECONDS - start)) s, $(du -sm "$root/usr" | cut -f1) MB of /usr"

say "the quickstart's job, as a user without rights"
cp -r "$given/model.pt" "$given/clips" "$given/assets" "$root/home/someone/"
rm -f "$root"/*.deb
as_user vidcv --version >/dev/null  # even without /proc
mount -t proc proc "$root/proc"
as_user sh -euc '
  cd
  vidcv doctor --model model.pt >/dev/null
  for picture in assets/*.png; do
    tag=${picture#assets/}
    vidcv asset add -q --db film.db "${tag%.png}" "$picture" >/dev/null
  done
  vidcv appear -q --db film.db --model model.pt clips >appearances.tsv
  [ "$(tail -n +2 appearances.tsv | wc -l)" = 5 ] || { cat appearances.tsv; exit 1; }
  vidcv search -q --db film.db --model model.pt --top 1 "mountain bike" | grep -q bikes.mp4
  vidcv report -q --db film.db -o report.html >/dev/null
  vidcv export -q --db film.db --format otio -o film.otio >/dev/null
  [ -s report.html ] && [ -s film.otio ]'
inside sh -c 'test -s /usr/share/man/man1/vidcv-appear.1.gz || test -s /usr/share/doc/vidcv/copyright'

say "removing"
quietly "apt-get purge" inside sh -c 'apt-get -qq -y purge vidcv vidcv-torch && apt-get -qq -y autoremove --purge'
files_of >"$root/after"
left=$(comm -13 "$root/before" "$root/after" | grep -vE '^etc/(ld.so.cache|.*-)$|^usr/share/(mime|glib)' || true)
[ -z "$left" ] || fail "left behind: $left"
say "nothing is left"
