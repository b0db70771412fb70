#!/usr/bin/env bash
# A vending machine as a state machine, driven by words from standard input or,
# without input, by a built-in script.
#
# Events: coin VALUE, pick SLOT, cancel, refill. The states are idle, paying and
# empty.
set -euo pipefail

state=idle
credit=0
sold=0
declare -A price=([a]=80 [b]=120)
declare -A left=([a]=2 [b]=1)

say() {
  printf '%-7s %3d  %s\n' "$state" "$credit" "$1"
}

# Give back the credit, if there is any.
give_back() {
  if ((credit > 0)); then
    echo "        returned $credit"
    credit=0
  fi
}

# Sell from slot $1 when it is filled and paid for; work out the next state.
pick() {
  local slot=$1
  if [[ -z ${price[$slot]:-} ]]; then
    say "no slot $slot"
  elif ((left[$slot] == 0)); then
    say "slot $slot is empty"
  elif ((credit < price[$slot])); then
    say "slot $slot needs $((price[$slot] - credit)) more"
  else
    credit=$((credit - price[$slot]))
    left[$slot]=$((left[$slot] - 1))
    sold=$((sold + 1))
    say "sold $slot"
    give_back
    if ((left[a] + left[b] == 0)); then
      state=empty
    else
      state=idle
    fi
  fi
}

# Handle the event $1 with its argument $2 in the present state.
handle() {
  case $state:$1 in
    empty:refill | idle:refill)
      left[a]=2 left[b]=1
      state=idle
      say refilled
      ;;
    idle:coin | paying:coin)
      credit=$((credit + $2))
      state=paying
      say "took $2"
      ;;
    empty:coin) say "coin $2 refused" ;;
    paying:pick) pick "$2" ;;
    paying:cancel)
      give_back
      state=idle
      say cancelled
      ;;
    *) say "ignored $1" ;;
  esac
}

script() {
  cat <<'EVENTS'
pick a
coin 50
pick a
coin 50
pick a
coin 100
coin 50
pick b
pick b
coin 100
pick b
pick a
coin 20
refill
coin 10
cancel
EVENTS
}

input=$(cat)
while read -r event value; do
  handle "$event" "${value:-0}"
done <<<"${input:-$(script)}"
echo "sold $sold, state $state"
