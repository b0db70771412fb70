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

GO = """// Package texts has small functions over texts and numbers.
package texts

import "strings"

// Gcd is the greatest common divisor.
func Gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// Longest finds the longest word, and how long it is.
func Longest(words []string, least int) (string, int) {
	best := ""
	for _, word := range words {
		word = strings.TrimSpace(word)
		if len(word) >= least && len(word) > len(best) {
			best = word
		}
	}
	return best, len(best)
}
"""
JAVA = """package texts;

import java.util.ArrayList;
import java.util.List;

/** Small methods over texts and numbers. */
public final class Texts {
    private Texts() {
    }

    public static int gcd(int a, int b) {
        if (a < 0 || b < 0) {
            throw new IllegalArgumentException("negative");
        }
        while (b != 0) {
            int rest = a % b;
            a = b;
            b = rest;
        }
        return a;
    }

    static List<Integer> above(int[] numbers, int limit) {
        List<Integer> found = new ArrayList<>();
        for (int number : numbers) {
            if (number > limit) {
                found.add(number);
            }
        }
        return found;
    }
}
"""

PHP = """<?php
// Small functions over texts and numbers.

function gcd(int $a, int $b): int
{
    if ($a < 0 || $b < 0) {
        throw new InvalidArgumentException('negative');
    }
    while ($b !== 0) {
        [$a, $b] = [$b, $a % $b];
    }
    return $a;
}

function longest(array $words, int $least = 1): string
{
    $best = '';
    foreach ($words as $word) {
        if (strlen($word) >= $least && strlen($word) > strlen($best)) {
            $best = $word;
        }
    }
    return $best;
}
"""
RUBY = """# Small methods over texts and numbers.
module Texts
  def self.gcd(a, b)
    raise ArgumentError, "negative" if a < 0 || b < 0
    while b != 0
      a, b = b, a % b
    end
    a
  end

  def self.longest(words, least = 1)
    best = ""
    words.each do |word|
      if word.length >= least && word.length > best.length
        best = word
      end
    end
    best
  end
end
"""

LIBRARIES = {
    "Go": GO,
    "Java": JAVA,
    "JavaScript": JAVASCRIPT,
    "PHP": PHP,
    "Python": PYTHON,
    "Ruby": RUBY,
    "TypeScript": TYPESCRIPT,
}
