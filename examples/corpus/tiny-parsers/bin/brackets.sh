#!/usr/bin/env bash
# Check that brackets match, skipping those inside quotes.
#
# usage: brackets.sh [TEXT ...]
#
# Each TEXT is checked on its own; without any, some examples are.
set -euo pipefail

# Print the bracket that closes $1.
closer() {
  case $1 in
    '(') echo ')' ;;
    '[') echo ']' ;;
    '{') echo '}' ;;
  esac
}

# Check the text $1; print the verdict and fail when something is wrong.
check() {
  local text=$1 stack='' quote='' depth=0 deepest=0 i char
  for ((i = 0; i < ${#text}; i++)); do
    char=${text:i:1}
    if [[ -n $quote ]]; then
      if [[ $char == "$quote" ]]; then
        quote=''
      fi
      continue
    fi
    case $char in
      '"' | "'")
        quote=$char
        ;;
      '(' | '[' | '{')
        stack=$(closer "$char")$stack
        depth=${#stack}
        if ((depth > deepest)); then
          deepest=$depth
        fi
        ;;
      ')' | ']' | '}')
        if [[ -z $stack ]]; then
          echo "column $((i + 1)): $char closes nothing"
          return 1
        fi
        if [[ ${stack:0:1} != "$char" ]]; then
          echo "column $((i + 1)): $char where ${stack:0:1} was due"
          return 1
        fi
        stack=${stack:1}
        ;;
    esac
  done
  if [[ -n $quote ]]; then
    echo "open quote $quote"
    return 1
  fi
  if [[ -n $stack ]]; then
    echo "missing $stack"
    return 1
  fi
  echo "fine, depth $deepest"
}

if (($# == 0)); then
  set -- 'a[b(c)]{d}' '(]' 'f("(")' '{[(' "it's" ')('
fi
wrong=0
for text in "$@"; do
  printf '%-12s ' "$text"
  check "$text" || wrong=$((wrong + 1))
done
echo "$wrong of $# wrong"
