#!/usr/bin/env bash
# Summarise an access log: requests, errors and slow pages by path.
#
# usage: status-report.sh [-s MILLISECONDS] < access.log
#
# Each line reads "METHOD PATH STATUS MILLISECONDS". With --demo as the only
# argument a built-in log is used.
set -euo pipefail

demo_log() {
  cat <<'LOG'
GET /index 200 12
GET /search 200 340
POST /login 401 25
GET /search 500 1200
GET /index 304 3
POST /login 200 48
GET /broken
GET /search 200 280
GET /admin 403 7
LOG
}

# Name the class of the status code $1.
class_of() {
  case $1 in
    2??) echo ok ;;
    3??) echo redirect ;;
    4??) echo client ;;
    5??) echo server ;;
    *) echo unknown ;;
  esac
}

# Read a log from standard input and print the report; $1 is the slow limit.
report() {
  local slow_limit=$1 method path status ms class bad=0
  local -A hits=() worst=() classes=()
  while read -r method path status ms; do
    if [[ ! $status =~ ^[0-9]{3}$ || ! $ms =~ ^[0-9]+$ ]]; then
      bad=$((bad + 1))
      continue
    fi
    class=$(class_of "$status")
    classes[$class]=$((${classes[$class]:-0} + 1))
    hits[$path]=$((${hits[$path]:-0} + 1))
    if ((ms > ${worst[$path]:-0})); then
      worst[$path]=$ms
    fi
  done
  for class in ok redirect client server unknown; do
    if [[ -n ${classes[$class]:-} ]]; then
      printf '%-9s %d\n' "$class" "${classes[$class]}"
    fi
  done
  for path in "${!hits[@]}"; do
    if ((${worst[$path]:-0} >= slow_limit)); then
      printf 'slow %s: %d ms at worst in %d request(s)\n' \
        "$path" "${worst[$path]}" "${hits[$path]}"
    fi
  done | sort
  echo "unreadable lines: $bad"
}

if [[ ${1:-} == --demo ]]; then
  demo_log | report 300
elif [[ ${1:-} == -s && ${2:-} =~ ^[0-9]+$ ]]; then
  report "$2"
elif (($# == 0)); then
  report 1000
else
  echo "usage: status-report.sh [-s MILLISECONDS] < access.log" >&2
  exit 2
fi
