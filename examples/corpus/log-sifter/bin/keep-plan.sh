#!/usr/bin/env bash
# Decide which of a series of daily backups to keep: the newest seven, then one
# for each of four weeks, then one for each remaining 30 days.
#
# usage: keep-plan.sh [DAYS]     backups exist for the ages 0 .. DAYS-1
set -euo pipefail

daily=7
weekly=4

# Print the reason to keep a backup that is $1 days old, or nothing.
reason() {
  local age=$1 week_limit=$((daily + weekly * 7))
  if ((age < daily)); then
    echo daily
  elif ((age < week_limit)); then
    if (((age - daily) % 7 == 0)); then
      echo weekly
    fi
  elif (((age - week_limit) % 30 == 0)); then
    echo monthly
  fi
}

# Print a picture of the plan, one letter for each day, newest first.
picture() {
  local days=$1 age kind line=''
  for ((age = 0; age < days; age++)); do
    kind=$(reason "$age")
    if [[ -n $kind ]]; then
      line+=${kind:0:1}
    else
      line+='.'
    fi
    if ((${#line} == 35)); then
      echo "$line"
      line=''
    fi
  done
  if [[ -n $line ]]; then
    echo "$line"
  fi
}

main() {
  local days=${1:-70} age kind kept=0
  local -A count=([daily]=0 [weekly]=0 [monthly]=0)
  if [[ ! $days =~ ^[1-9][0-9]{0,2}$ ]]; then
    echo "usage: keep-plan.sh [DAYS]" >&2
    return 2
  fi
  for ((age = 0; age < days; age++)); do
    kind=$(reason "$age")
    if [[ -n $kind ]]; then
      count[$kind]=$((${count[$kind]} + 1))
      kept=$((kept + 1))
    fi
  done
  picture "$days"
  echo "keep $kept of $days: ${count[daily]} daily, ${count[weekly]} weekly, ${count[monthly]} monthly"
}

main "$@"
