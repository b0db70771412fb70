#!/usr/bin/env bash
# Print a calendar month, weeks starting on Monday, worked out without `cal`.
#
# usage: month.sh YEAR MONTH
set -euo pipefail

# Succeed when the year $1 is a leap year.
is_leap() {
  (($1 % 4 == 0 && ($1 % 100 != 0 || $1 % 400 == 0)))
}

# Print the number of days in month $2 of year $1.
days_in() {
  case $2 in
    4 | 6 | 9 | 11) echo 30 ;;
    2) if is_leap "$1"; then echo 29; else echo 28; fi ;;
    *) echo 31 ;;
  esac
}

# Print the weekday of a date, 0 for Monday, by Zeller's congruence.
weekday() {
  local year=$1 month=$2 day=$3 century rest zeller
  if ((month < 3)); then
    month=$((month + 12))
    year=$((year - 1))
  fi
  century=$((year / 100))
  rest=$((year % 100))
  zeller=$(((day + 13 * (month + 1) / 5 + rest + rest / 4 + century / 4 + 5 * century) % 7))
  echo $(((zeller + 5) % 7))
}

main() {
  local year=${1:-2024} month=${2:-2} first days day column line
  if [[ ! $year =~ ^[1-9][0-9]{3}$ || ! $month =~ ^([1-9]|1[0-2])$ ]]; then
    echo "usage: month.sh YEAR MONTH" >&2
    return 2
  fi
  first=$(weekday "$year" "$month" 1)
  days=$(days_in "$year" "$month")
  printf '%d-%02d\nMo Tu We Th Fr Sa Su\n' "$year" "$month"
  line=''
  for ((column = 0; column < first; column++)); do
    line+='   '
  done
  for ((day = 1; day <= days; day++)); do
    line+=$(printf '%2d ' "$day")
    column=$(((first + day) % 7))
    if ((column == 0 || day == days)); then
      echo "${line% }"
      line=''
    fi
  done
}

main "$@"
