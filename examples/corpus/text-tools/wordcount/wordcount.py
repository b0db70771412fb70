"""Count words in a text and print the most frequent ones.

Usage:
    wordcount.py [-k COUNT] [--min-length N] [WORD ...]

Words given as arguments are counted directly. Without any, the text is read
from standard input.
"""

import sys

STOP_WORDS = frozenset("a an and are as at be by for in is it of on or the to".split())


def tokenize(text):
    """Yield the lower-case words of `text`; an apostrophe inside a word stays."""
    word = []
    for char in text.lower():
        if char.isalnum():
            word.append(char)
        elif char == "'" and word:
            word.append(char)
        elif word:
            yield "".join(word).rstrip("'")
            word = []
    if word:
        yield "".join(word).rstrip("'")


def count_words(words, min_length=1):
    """Return a dict of word -> occurrences, leaving out stop words."""
    counts = {}
    for word in words:
        if len(word) < min_length or word in STOP_WORDS:
            continue
        counts[word] = counts.get(word, 0) + 1
    return counts


def top(counts, k):
    """Return the `k` most frequent (word, count) pairs, ties in word order."""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ranked[:k]


def parse_args(argv):
    """Split `argv` into (k, min_length, words); raise ValueError on bad input."""
    k, min_length, words = 5, 1, []
    pending = list(argv)
    while pending:
        arg = pending.pop(0)
        if arg in ("-k", "--min-length"):
            if not pending:
                raise ValueError(f"{arg} needs a number")
            value = int(pending.pop(0))
            if value < 1:
                raise ValueError(f"{arg} must be at least 1")
            if arg == "-k":
                k = value
            else:
                min_length = value
        else:
            words.append(arg)
    return k, min_length, words


def main(argv):
    """Run the command line; return the exit status."""
    try:
        k, min_length, words = parse_args(argv)
    except ValueError as error:
        print(f"wordcount: {error}", file=sys.stderr)
        return 2
    text = " ".join(words) if words else sys.stdin.read()
    counts = count_words(tokenize(text), min_length)
    if not counts:
        print("no words")
        return 1
    ranked = top(counts, k)
    width = max(len(word) for word, _ in ranked)
    for word, count in ranked:
        print(f"{word:<{width}}  {count:>3}  {'#' * count}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
