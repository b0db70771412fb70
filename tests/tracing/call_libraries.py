"""A small library of each language that call-level traces reach: pure functions and no main."""

PYTHON = '''"""Numbers and texts."""


class EmptyError(Exception):
    pass


def gcd(a, b):
    """Greatest common divisor.

    >>> gcd(48, 36)
    12
    """
    if a < 0 or b < 0:
        raise ValueError("negative")
    while b:
        a, b = b, a % b
    return a


def runs(text: str, least: int = 1) -> list[tuple[str, int]]:
    """Letters with how often each stands in a row."""
    if not text:
        raise EmptyError("no text")
    found = []
    for letter in text:
        if found and found[-1][0] == letter:
            found[-1] = (letter, found[-1][1] + 1)
        else:
            found.append((letter, 1))
    return [one for one in found if one[1] >= least]
'''

JAVASCRIPT = """'use strict';

function gcd(a, b) {
  if (a < 0 || b < 0) throw new RangeError('negative');
  while (b) {
    [a, b] = [b, a % b];
  }
  return a;
}

// How often each word stands in a text.
function countWords(text, least = 1) {
  const counts = {};
  for (const word of text.toLowerCase().split(' ')) {
    if (word === '') continue;
    counts[word] = (counts[word] || 0) + 1;
  }
  for (const word of Object.keys(counts)) {
    if (counts[word] < least) delete counts[word];
  }
  return counts;
}

class Stack {
  constructor(items) {
    this.items = items.slice();
  }

  above(limit) {
    const found = [];
    while (this.items.length && this.items[this.items.length - 1] > limit) {
      found.push(this.items.pop());
    }
    return found;
  }
}

module.exports = { gcd, countWords, Stack };
"""
TYPESCRIPT = """export type Side = 'left' | 'right';

export function pad(text: string, width: number, side: Side = 'left'): string {
  let padded = text;
  while (padded.length < width) {
    padded = side === 'left' ? ' ' + padded : padded + ' ';
  }
  return padded;
}

export const longest = (words: string[]): string | undefined => {
  let best: string | undefined;
  for (const word of words) {
    if (best === undefined || word.length > best.length) {
      best = word;
    }
  }
  return best;
};
"""

LIBRARIES = {"JavaScript": JAVASCRIPT, "Python": PYTHON, "TypeScript": TYPESCRIPT}
