#!/usr/bin/env bash
# Wrap text read from standard input, or a built-in sample, at a given width.
#
# usage: wrap.sh [WIDTH [INDENT]]
set -euo pipefail

usage() {
  echo "usage: wrap.sh [WIDTH [INDENT]]" >&2
  exit 2
}

# Print $1 spaces.
spaces() {
  printf '%*s' "$1" ''
}

# Wrap one paragraph ($1) at width $2; lines after the first get $3 spaces.
wrap_paragraph() {
  local width=$2 indent=$3 line='' word
  local -a words
  read -r -a words <<<"$1"
  for word in "${words[@]}"; do
    if [[ -z ${line// /} ]]; then
      line+=$word
    elif ((${#line} + 1 + ${#word} <= width)); then
      line+=" $word"
    else
      printf '%s\n' "$line"
      line=$(spaces "$indent")$word
    fi
  done
  printf '%s\n' "$line"
}

# Join the lines of each paragraph and wrap it; blank lines separate paragraphs.
wrap_all() {
  local width=$1 indent=$2 paragraph='' line
  while IFS= read -r line || [[ -n $line ]]; do
    if [[ -n $line ]]; then
      paragraph+="$line "
    elif [[ -n $paragraph ]]; then
      wrap_paragraph "$paragraph" "$width" "$indent"
      paragraph=''
      echo
    fi
  done
  if [[ -n $paragraph ]]; then
    wrap_paragraph "$paragraph" "$width" "$indent"
  fi
}

sample() {
  cat <<'TEXT'
A long paragraph is broken between words so that
no line grows beyond the width that was asked for.

- a list entry keeps its continuation lines
  indented below the text of the first line
TEXT
}

main() {
  local width=${1:-36} indent=${2:-2}
  [[ $width =~ ^[1-9][0-9]*$ && $indent =~ ^[0-9]+$ ]] || usage
  ((indent < width)) || usage
  if (($# > 0)); then
    wrap_all "$width" "$indent"
  else
    sample | wrap_all "$width" "$indent"
  fi
}

main "$@"
