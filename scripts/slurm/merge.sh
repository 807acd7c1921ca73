#!/usr/bin/env bash
# Merges DIR/shard-0-of-N.db and so on, the databases of embed-array.sh, into OUT.db. submit.sh submits it behind the array; by hand:
#
# usage: sbatch merge.sh N DIR OUT.db    (or bash merge.sh N DIR OUT.db)
#
# All parts must be complete (DIR/shard-I-of-N.ended); otherwise it says which are not, changes nothing and ends with 1. If OUT.db is on no
# local disk, the work is done on a copy in SLURM_TMPDIR, TMPDIR or /tmp, which then takes its place. A second time nothing changes.
#SBATCH --job-name=vidcv-merge
#SBATCH --cpus-per-task=1
#SBATCH --mem=2G
#SBATCH --time=01:00:00
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

fail() { printf 'merge: %s\n' "$1" >&2; exit "${2:-1}"; }
is_local() { case $(stat -f -c %T -- "$1") in ext2/ext3 | xfs | btrfs | zfs | tmpfs | overlayfs) ;; *) return 1 ;; esac; }

[ $# = 3 ] || fail "usage: merge.sh N DIR OUT.db" 2
readonly n=$1 dir=$2 out=$3
shards=() open=()
for ((i = 0; i < n; ++i)); do
  part=shard-$i-of-$n
  shards+=("$dir/$part.db")
  case $(cat -- "$dir/$part.ended" 2>/dev/null || true) in
    0) ;;
    3) printf 'merge: %s: some inputs failed, the rest is complete (%s.log)\n' "$part" "$dir/$part" >&2 ;;
    *) open+=("$part") ;;
  esac
done
[ ${#open[@]} = 0 ] || fail "nothing is merged, these parts are not complete: ${open[*]} (see their logs in $dir, and submit again)"

if is_local "$(dirname -- "$out")"; then
  vidcv merge "$out" "${shards[@]}"
else
  scratch=$(mktemp -d -p "${SLURM_TMPDIR:-${TMPDIR:-/tmp}}" vidcv.XXXXXX)
  trap 'rm -rf -- "$scratch"' EXIT
  [ ! -e "$out" ] || cp -- "$out" "$scratch/out.db"
  vidcv merge "$scratch/out.db" "${shards[@]}"
  cp -- "$scratch/out.db" "$out.$$.part"  # under another name first: a copy that is cut short replaces nothing
  mv -- "$out.$$.part" "$out"
fi
