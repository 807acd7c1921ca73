#!/usr/bin/env bash
# Builds and passes all tests, from nothing as well: format, build with warnings as errors, every ctest, the same without LibTorch
# under AddressSanitizer and UndefinedBehaviourSanitizer, and clang-tidy.
#
# usage: scripts/test.sh [--quick]
#   --quick   the tests of the dev build alone: no sanitizers, no clang-tidy
set -euo pipefail
cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/common.sh
quick=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    -h | --help) usage ;;
    *) fail "unknown option $argument (see --help)" 2 ;;
  esac
done

sources() { git ls-files -- "$@" '*.cpp' '*.hpp'; }

check_format() {
  say "format"
  sources | xargs "$venv/bin/clang-format" --dry-run -Werror || fail "clang-format would change the files above: build/venv/bin/clang-format -i FILE"
}

# LibTorch's headers cost minutes and are not ours.
check_tidy() {
  say "clang-tidy"
  git ls-files -- 'lib/*.cpp' 'apps/*.cpp' ':!lib/clip/torch' |
    quietly clang-tidy xargs -P "$(nproc)" -n 4 "$venv/bin/clang-tidy" --quiet -p build/dev
}

run_tests() {
  say "tests of build/$1"
  ctest --preset "$1" --progress || fail "tests failed"
}

scripts/setup.sh --tests
check_format
say "building build/dev"
build dev
run_tests dev
if [ "$quick" = no ]; then
  say "building build/asan"
  build asan
  run_tests asan
  check_tidy
fi
say "all passed"
