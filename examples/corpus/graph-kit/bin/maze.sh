#!/usr/bin/env bash
# Find the shortest way through a maze by breadth-first search and draw it.
set -euo pipefail

maze=(
  '#########'
  '#S..#...#'
  '#.#.#.#.#'
  '#.#...#.#'
  '#.###.#.#'
  '#.....#E#'
  '#########'
)

# Set start_x, start_y to where the character $1 is in the maze.
locate() {
  local y x
  for y in "${!maze[@]}"; do
    for ((x = 0; x < ${#maze[y]}; x++)); do
      if [[ ${maze[y]:x:1} == "$1" ]]; then
        start_x=$x
        start_y=$y
        return 0
      fi
    done
  done
  echo "the maze has no $1" >&2
  return 1
}

# Search from S; fills `from` with the predecessor of each cell. The key of the
# exit is left in `goal`.
search() {
  local -a queue=("$start_x,$start_y")
  local head=0 cell x y next dx dy
  from["$start_x,$start_y"]=none
  while ((head < ${#queue[@]})); do
    cell=${queue[head]}
    head=$((head + 1))
    x=${cell%,*}
    y=${cell#*,}
    if [[ ${maze[y]:x:1} == E ]]; then
      goal=$cell
      visited=$head
      return 0
    fi
    for step in '1 0' '0 1' '-1 0' '0 -1'; do
      read -r dx dy <<<"$step"
      next="$((x + dx)),$((y + dy))"
      if [[ ${maze[y + dy]:x+dx:1} != '#' && -z ${from[$next]:-} ]]; then
        from[$next]=$cell
        queue+=("$next")
      fi
    done
  done
  return 1
}

# Mark the way back from the exit with asterisks.
draw_way() {
  local cell=${from[$goal]} x y length=1
  while [[ ${from[$cell]} != none ]]; do
    x=${cell%,*}
    y=${cell#*,}
    maze[y]="${maze[y]:0:x}*${maze[y]:x+1}"
    cell=${from[$cell]}
    length=$((length + 1))
  done
  printf '%s\n' "${maze[@]}"
  echo "$length steps, $visited cells looked at"
}

declare -A from=()
goal='' visited=0 start_x=0 start_y=0
locate S
if search; then
  draw_way
else
  echo "there is no way out"
  exit 1
fi
