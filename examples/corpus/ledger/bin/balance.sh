#!/usr/bin/env bash
# Add up a journal of payments and print the balance after each month.
set -euo pipefail

# Date, account and amount in cents; a negative amount was spent.
journal() {
  cat <<'DATA'
2024-01-03 salary 250000
2024-01-05 rent -98000
2024-01-19 food -31250
2024-02-03 salary 250000
2024-02-05 rent -98000
2024-02-11 repair -184999
2024-02-20 food -28730
2024-03-05 rent -98000
2024-03-21 food -30015
DATA
}

# Format $1 cents with two decimals and a sign in front.
money() {
  local cents=$1 sign=''
  if ((cents < 0)); then
    sign='-'
    cents=$((-cents))
  fi
  printf '%s%d.%02d' "$sign" $((cents / 100)) $((cents % 100))
}

# Print one finished month: name, income, spending and the running balance.
close_month() {
  local month=$1 income=$2 spent=$3 balance=$4 note=''
  if ((balance < 0)); then
    note='  overdrawn'
  elif ((-spent > income)); then
    note='  spent more than earned'
  fi
  printf '%s %10s %10s %10s%s\n' "$month" "$(money "$income")" \
    "$(money "$spent")" "$(money "$balance")" "$note"
}

main() {
  local month='' income=0 spent=0 balance=0 date account amount
  local -A by_account=()
  printf '%-7s %10s %10s %10s\n' month in out balance
  while read -r date account amount; do
    if [[ ${date%-*} != "$month" ]]; then
      if [[ -n $month ]]; then
        close_month "$month" "$income" "$spent" "$balance"
      fi
      month=${date%-*}
      income=0
      spent=0
    fi
    if ((amount >= 0)); then
      income=$((income + amount))
    else
      spent=$((spent + amount))
    fi
    balance=$((balance + amount))
    by_account[$account]=$((${by_account[$account]:-0} + amount))
  done < <(journal)
  close_month "$month" "$income" "$spent" "$balance"
  for account in "${!by_account[@]}"; do
    printf '  %-8s %s\n' "$account" "$(money "${by_account[$account]}")"
  done | sort
}

main
