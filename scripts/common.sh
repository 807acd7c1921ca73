# Shared by the scripts here; sourced from the top of the checkout.
# shellcheck shell=bash

readonly venv=build/venv
readonly script_name=${0##*/}

say() { printf '%s: %s\n' "$script_name" "$1"; }

# fail MESSAGE [CODE]
fail() {
  printf '%s: %s\n' "$script_name" "$1" >&2
  exit "${2:-1}"
}

# The comment at the head of the script is its help.
usage() {
  sed -n '2,/^[^#]/{/^#/s/^# \{0,1\}//p}' "$0"
  exit 0
}

# quietly WHAT COMMAND...: no noise when all is well; what it said when it is not.
quietly() {
  local what=$1 log
  shift
  mkdir -p build
  log=build/${what//[^A-Za-z0-9]/_}.log
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 15 "$log" >&2
    if grep -qiE 'could not resolve|temporary failure|network is unreachable|connection (refused|timed out)|no route to host|Max retries' "$log"; then
      fail "$what failed: the network cannot be reached (all of it: $log)"
    elif grep -qi 'no space left' "$log"; then
      fail "$what failed: the disk is full (all of it: $log)"
    fi
    fail "$what failed (all of it: $log)"
  fi
}

# has_module NAME: whether it is installed; found, not imported, which takes PyTorch seconds.
has_module() { "$venv/bin/python" -c "import importlib.util, sys; sys.exit(importlib.util.find_spec('$1') is None)"; }

# Where CMake finds LibTorch.
torch_prefix() {
  [ -n "${Torch_DIR:-}" ] || "$venv/bin/python" -c '
import importlib.util, pathlib
spec = importlib.util.find_spec("torch")
print(pathlib.Path(spec.origin).parent / "share/cmake" if spec else "")'
}

# build PRESET [CMAKE OPTIONS...]
build() {
  local preset=$1
  shift
  if [ ! -e "build/$preset/build.ninja" ]; then  # later on ninja sees by itself what has changed
    quietly "configure $preset" cmake --preset "$preset" -DCMAKE_PREFIX_PATH="$(torch_prefix)" "$@"
  fi
  quietly "build $preset" cmake --build --preset "$preset"
}
