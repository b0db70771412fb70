#!/usr/bin/env bash
# Conway's game of life on a small torus.
#
# usage: life.sh [GENERATIONS [ROW ...]]
#
# Rows consist of . and # and must be equally long; without any, a glider flies.
set -euo pipefail

rows=('.#....' '..#...' '###...' '......' '......' '......')

# Count the living neighbours of column $1, row $2; the answer is in `around`.
count_around() {
  local x=$1 y=$2 dx dy nx ny
  around=0
  for dy in -1 0 1; do
    for dx in -1 0 1; do
      if ((dx == 0 && dy == 0)); then
        continue
      fi
      nx=$(((x + dx + width) % width))
      ny=$(((y + dy + height) % height))
      if [[ ${rows[ny]:nx:1} == '#' ]]; then
        around=$((around + 1))
      fi
    done
  done
}

# Replace `rows` by the next generation.
step() {
  local -a next=()
  local x y line
  for ((y = 0; y < height; y++)); do
    line=''
    for ((x = 0; x < width; x++)); do
      count_around "$x" "$y"
      if ((around == 3)); then
        line+='#'
      elif ((around == 2)); then
        line+=${rows[y]:x:1}
      else
        line+='.'
      fi
    done
    next+=("$line")
  done
  rows=("${next[@]}")
}

generations=${1:-4}
if [[ ! $generations =~ ^[0-9]+$ ]]; then
  echo "usage: life.sh [GENERATIONS [ROW ...]]" >&2
  exit 2
fi
if (($# > 1)); then
  rows=("${@:2}")
fi
height=${#rows[@]} width=${#rows[0]} around=0
seen=" ${rows[*]}"
for ((n = 1; n <= generations; n++)); do
  step
  if [[ $seen == *" ${rows[*]}" ]]; then
    echo "still after generation $n"
    break
  fi
  seen=" ${rows[*]}"
done
printf '%s\n' "${rows[@]}"
alive="${rows[*]//[^#]/}"
alive=${alive// /}
echo "alive: ${#alive}"
