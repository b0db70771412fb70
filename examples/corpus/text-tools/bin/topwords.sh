#!/usr/bin/env bash
# Print the most frequent words of the arguments or of standard input.
#
# usage: topwords.sh [-n COUNT] [WORD ...]
set -euo pipefail

declare -A seen=()

# Count every word of the line $1 in the global table.
count_line() {
  local line=${1,,} word
  line=${line//[^a-z ]/ }
  for word in $line; do
    if ((${#word} >= 2)); then
      seen[$word]=$((${seen[$word]:-0} + 1))
    fi
  done
}

# Draw $2 stars after the word $1.
bar() {
  local word=$1 count=$2 stars=''
  while ((${#stars} < count)); do
    stars+='*'
  done
  printf '%-10s %3d %s\n' "$word" "$count" "$stars"
}

main() {
  local limit=3 word count line
  while getopts 'n:' option; do
    case $option in
      n) limit=$OPTARG ;;
      *)
        echo "usage: topwords.sh [-n COUNT] [WORD ...]" >&2
        return 2
        ;;
    esac
  done
  shift $((OPTIND - 1))

  if (($# > 0)); then
    count_line "$*"
  else
    while IFS= read -r line || [[ -n $line ]]; do
      count_line "$line"
    done
  fi
  if ((${#seen[@]} == 0)); then
    echo "no words"
    return 1
  fi
  for word in "${!seen[@]}"; do
    printf '%d %s\n' "${seen[$word]}" "$word"
  done | sort -k1,1nr -k2,2 | sed "${limit}q" | while read -r count word; do
    bar "$word" "$count"
  done
}

main "$@"
