#!/usr/bin/env bash
# Convert numbers to Roman numerals and back.
#
# usage: roman.sh VALUE [VALUE ...]
set -euo pipefail

values=(1000 900 500 400 100 90 50 40 10 9 5 4 1)
symbols=(M CM D CD C XC L XL X IX V IV I)

# Print the number $1 in Roman numerals.
to_roman() {
  local number=$1 i result=''
  for i in "${!values[@]}"; do
    while ((number >= values[i])); do
      result+=${symbols[i]}
      number=$((number - values[i]))
    done
  done
  printf '%s\n' "$result"
}

# Print the number that the numeral $1 stands for: symbols are stripped from
# the front, largest first.
from_roman() {
  local rest=$1 i total=0
  for i in "${!symbols[@]}"; do
    while [[ $rest == "${symbols[i]}"* ]]; do
      total=$((total + values[i]))
      rest=${rest#"${symbols[i]}"}
    done
  done
  if [[ -n $rest ]]; then
    return 1
  fi
  echo "$total"
}

# Convert $1 in whichever direction fits and check it by converting back.
convert() {
  local value=${1^^} number
  if [[ $value =~ ^[1-9][0-9]{0,8}$ ]]; then
    number=$value
    if ((number < 1 || number > 3999)); then
      echo "$1: outside 1..3999"
      return 1
    fi
    echo "$1 = $(to_roman "$number")"
  elif number=$(from_roman "$value") && [[ $(to_roman "$number") == "$value" ]]; then
    echo "$1 = $number"
  else
    echo "$1: not a numeral"
    return 1
  fi
}

if (($# == 0)); then
  set -- 14 1990 mmxxiv XLII IIX 4000
fi
status=0
for value in "$@"; do
  convert "$value" || status=1
done
exit "$status"
