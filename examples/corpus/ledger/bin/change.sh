#!/usr/bin/env bash
# Give change from a till that holds a limited number of each coin.
#
# usage: change.sh CENTS [CENTS ...]
set -euo pipefail

coins=(200 100 50 20 10 5)
declare -A till=([200]=1 [100]=2 [50]=1 [20]=4 [10]=2 [5]=3)

# Print how much money is left in the till.
till_total() {
  local coin sum=0
  for coin in "${coins[@]}"; do
    sum=$((sum + coin * till[$coin]))
  done
  echo "$sum"
}

# Pay out $1 cents, largest coins first. The till changes only on success; the
# greedy choice may fail although another combination would have worked.
pay() {
  local rest=$1 coin used text=''
  local -A taken=()
  for coin in "${coins[@]}"; do
    used=$((rest / coin))
    if ((used > till[$coin])); then
      used=${till[$coin]}
    fi
    if ((used > 0)); then
      taken[$coin]=$used
      rest=$((rest - used * coin))
      text+=" ${used}x$coin"
    fi
  done
  if ((rest > 0)); then
    echo "$1: cannot be paid, $rest short"
    return 1
  fi
  for coin in "${!taken[@]}"; do
    till[$coin]=$((till[$coin] - taken[$coin]))
  done
  echo "$1:$text"
}

main() {
  local amount failed=0
  if (($# == 0)); then
    set -- 185 40 240 35 7
  fi
  for amount in "$@"; do
    if [[ ! $amount =~ ^[1-9][0-9]*$ ]]; then
      echo "usage: change.sh CENTS [CENTS ...]" >&2
      return 2
    fi
    pay "$amount" || failed=$((failed + 1))
  done
  echo "left in the till: $(till_total), failed: $failed"
}

main "$@"
