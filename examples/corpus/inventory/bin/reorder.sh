#!/usr/bin/env bash
# Suggest orders for items that would run out before the next delivery.
#
# usage: reorder.sh [DAYS]     DAYS until a delivery, 10 unless told
set -euo pipefail

# Item, stock, pieces used in a day, pack size.
stock() {
  cat <<'DATA'
bolts 900 120 500
hinges 64 5 24
screws 1500 80 1000
glue 3 1 6
paint 0 2 4
DATA
}

# Print how many packs of $2 pieces cover a need of $1 pieces.
packs_for() {
  local need=$1 pack=$2
  echo $(((need + pack - 1) / pack))
}

# Grade how urgent an item is that lasts for $1 days.
urgency() {
  if (($1 == 0)); then
    echo now
  elif (($1 <= 3)); then
    echo soon
  else
    echo later
  fi
}

main() {
  local days=${1:-10} item have daily pack lasts need packs orders=0 enough=''
  if [[ ! $days =~ ^[1-9][0-9]?$ ]]; then
    echo "usage: reorder.sh [DAYS]" >&2
    return 2
  fi
  while read -r item have daily pack; do
    lasts=$((have / daily))
    need=$((days * daily - have))
    if ((need <= 0)); then
      enough+=" $item"
      continue
    fi
    packs=$(packs_for "$need" "$pack")
    orders=$((orders + 1))
    printf '%-7s lasts %2d day(s), order %d x %d (%s)\n' \
      "$item" "$lasts" "$packs" "$pack" "$(urgency "$lasts")"
  done < <(stock)
  echo "orders: $orders; enough of:${enough:- nothing}"
}

main "$@"
