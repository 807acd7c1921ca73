#!/usr/bin/env bash
# Makes Debian packages: build/packages/vidcv_VERSION_ARCH.deb, the programs with man pages and completions, and
# vidcv-torch_VERSION_ARCH.deb, the encoder with the libraries of LibTorch that it needs.
#
# usage: scripts/package.sh
# Times in the packages are those of the last commit, so that they do not depend on when they are made.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
case ${1:-} in -h | --help) usage ;; esac

readonly tree=build/package out=build/packages

debian_files() {
  mkdir -p "$1"
  cat >"$1/copyright" <<EOF
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: vidcv

Files: *
Copyright: the vidcv developers
License: Apache-2.0
 On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.

Files: usr/lib/vidcv/torch/*
Copyright: the PyTorch contributors
License: BSD-3-Clause
$(sed 's/^$/./; s/^/ /' "$("$venv/bin/python" -c 'import importlib.metadata as m; print(next(f.locate() for f in m.files("torch") if f.name == "LICENSE"))')")
EOF
  printf 'vidcv (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$2" \
    "$maintainer" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$1/changelog.gz"
  echo 'vidcv-torch: library-not-linked-against-libc' >"$1/vidcv-torch"  # libtorch.so, which only names the others
}

main() {
  local version maintainer
  version=$(sed -n 's/^project(vidcv VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
  SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CMakeLists.txt)
  export SOURCE_DATE_EPOCH
  maintainer=$(git log -1 --format='%an <%ae>' 2>/dev/null || echo 'vidcv <vidcv@localhost>')
  scripts/setup.sh
  debian_files "$tree-debian" "$version"
  mkdir -p "$tree-manuals/man1" "$tree-manuals/completions"
  say "building"
  quietly "cmake" cmake -S . -B "$tree" -G Ninja -DCMAKE_BUILD_TYPE=Release -DCMAKE_INSTALL_PREFIX=/usr -DVIDCV_TESTS=OFF -DVIDCV_BUNDLE_TORCH=ON \
    -DCMAKE_PREFIX_PATH="$(torch_prefix)" -DVIDCV_MANUALS="$PWD/$tree-manuals" -DVIDCV_DEBIAN_FILES="$PWD/$tree-debian" \
    -DVIDCV_MAINTAINER="$maintainer" -DCMAKE_CXX_FLAGS="-ffile-prefix-map=$PWD=."
  quietly "build" cmake --build "$tree"
  quietly "man pages" python3 scripts/make_manuals.py "$tree/bin" "$tree-manuals"
  find "$tree-manuals" -name '*.1' -exec gzip -9nf {} +
  say "packing"
  mkdir -p "$out" && rm -f "$out"/*.deb
  (cd "$tree" && quietly "cpack" cpack -B "$OLDPWD/$out")
  rm -rf "$out/_CPack_Packages"
  ls -l "$out"/*.deb
}

main
