#!/usr/bin/env bash
# Builds the encoder against a LibTorch with CUDA and checks it on a device: vectors beside the CPU's in every precision, the same bits in every batch, a
# device that does not exist, full memory, two programs at once, and pictures per second beside transformers and the limits of copy and product.
#
# usage: scripts/cuda_check.sh [PYTHON [DEVICE]]
#
# PYTHON (python3) has torch with CUDA and transformers. Needs neither FFmpeg nor SQLite. DEVICE (cuda:0) may be cpu, which tries the script itself.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/common.sh
case ${1:-} in -h | --help) usage ;; esac
python=${1:-python3} device=${2:-cuda:0} folder=build/encoder
export PYTHONDONTWRITEBYTECODE=1

torch=$("$python" -c 'import torch; print(torch.utils.cmake_prefix_path)') || fail "$python has no torch"
say "building against $torch"
quietly "configure encoder" cmake -S . -B $folder -G Ninja -DCMAKE_BUILD_TYPE=Release -DVIDCV_ONLY_ENCODER=ON -DCMAKE_PREFIX_PATH="$torch"
quietly "build encoder" cmake --build $folder --target bench_encoder check_encoder

model=$folder/b32/clip.pt
if [ ! -e $model ]; then
  say "making ViT-B/32 with random weights"
  mkdir -p $folder/b32
  quietly "make weights" env PYTHONPATH=test/parity "$python" -c "import reference; reference.make_model('$folder/b32/clip', 'b32')"
  quietly "export model" "$python" scripts/export_model.py clip $folder/b32/clip -o $model
fi

failed=0
$folder/bin/check_encoder $model "$device" || failed=1
for i in 1 2; do $folder/bin/check_encoder $model "$device" vectors >$folder/vectors$i & done
wait
if [ -s $folder/vectors1 ] && cmp -s $folder/vectors1 $folder/vectors2; then
  say "OK      two programs at once have the same vectors"
else
  say "FAILED  two programs at once have other vectors, or none"
  failed=1
fi
batches=1,8,32,128
if [ "$device" = cpu ]; then batches=1,8; fi  # enough to try the script
"$python" scripts/bench_encoder.py $folder/bin/bench_encoder $folder --device "$device" --batches $batches --contenders vidcv,transformers --rounds 3
exit $failed
