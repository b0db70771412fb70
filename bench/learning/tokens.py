"""Text as numbers for a small model: byte pairs learnt on the training side, and the part of a prompt that fits.

Belongs here: tokens, and what of a long prompt is kept. Does not: which samples there are (`pairs`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bench.learning.pairs import Pair

# A name is the same tokens wherever it stands, so words take no space with them; digits stand alone.
_PIECE = re.compile(rb"[A-Za-z_\x80-\xff]+|[0-9]|\n\s*|[^\S\n]+|[^\sA-Za-z0-9_\x80-\xff]+")
_FENCED = re.compile(r"^(`{3,})[^\n]*\n.*?^\1", re.DOTALL | re.MULTILINE)
TYPES = 10_000
# The words around the code get at most this share of what is kept of a prompt.
WORDS = 0.3
# Of the code around a mark, this share stands before it.
BEFORE = 0.6
# So many characters a token of the window are looked at.
FAR = 8
# An answer gets at most this share of the window.
ANSWER = 0.5


@dataclass
class Tokens:
    """Bytes, then merged pairs in the order in which they were learnt, then the marks before and after an answer."""

    merges: dict[tuple[int, int], int]
    bytes_of: list[bytes]
    _known: dict[bytes, list[int]] = field(default_factory=dict)

    @property
    def answer(self) -> int:
        """The mark before an answer."""
        return len(self.bytes_of)

    @property
    def end(self) -> int:
        """The mark after an answer."""
        return len(self.bytes_of) + 1

    @property
    def size(self) -> int:
        """How many different tokens there are, marks included."""
        return len(self.bytes_of) + 2

    def encode(self, text: str) -> list[int]:
        """The tokens of a text."""
        return [token for piece in _PIECE.findall(text.encode()) for token in self._piece(piece)]

    def decode(self, tokens: Iterable[int]) -> bytes:
        """The bytes of tokens; marks have none."""
        return b"".join(self.bytes_of[token] for token in tokens if token < len(self.bytes_of))

    def _piece(self, piece: bytes) -> list[int]:
        known = self._known.get(piece)
        if known is None:
            known = list(piece)
            while len(known) > 1:
                best = min(pairwise(known), key=lambda pair: self.merges.get(pair, 1 << 30))
                if best not in self.merges:
                    break
                known = _merged(known, best, self.merges[best])
            self._known[piece] = known
        return known


def learnt(texts: Iterable[str], merges: int) -> Tokens:
    """Byte pairs of these texts, the most frequent first."""
    pieces: Counter[bytes] = Counter()
    for text in texts:
        pieces.update(_PIECE.findall(text.encode()))
    words = [(list(piece), count) for piece, count in sorted(pieces.items(), key=lambda one: (-one[1], one[0]))[:TYPES]]
    counts: Counter[tuple[int, int]] = Counter()
    holders: dict[tuple[int, int], set[int]] = defaultdict(set)
    for at, (word, count) in enumerate(words):
        for pair in pairwise(word):
            counts[pair] += count
            holders[pair].add(at)
    made = Tokens({}, [bytes([byte]) for byte in range(256)])
    while len(made.merges) < merges and counts:
        best = max(counts, key=lambda pair: (counts[pair], pair))
        if counts[best] < 2:  # noqa: PLR2004 -- nothing stands twice any more
            break
        new = len(made.bytes_of)
        made.merges[best] = new
        made.bytes_of.append(made.bytes_of[best[0]] + made.bytes_of[best[1]])
        for at in holders.pop(best):
            word, count = words[at]
            for pair in pairwise(word):
                counts[pair] -= count
            words[at] = (_merged(word, best, new), count)
            for pair in pairwise(words[at][0]):
                counts[pair] += count
                holders[pair].add(at)
        del counts[best]
    return made


def _merged(word: Sequence[int], pair: tuple[int, int], new: int) -> list[int]:
    result: list[int] = []
    at = 0
    while at < len(word):
        both = tuple(word[at : at + 2]) == pair
        result.append(new if both else word[at])
        at += 2 if both else 1
    return result


@dataclass(frozen=True)
class Row:
    """What a model sees of a pair: the kept part of the prompt, and the answer."""

    prompt: list[int]
    answer: list[int]


def row(pair: Pair, tokens: Tokens, window: int, mark: str = "") -> Row:
    """A pair cut to the window.

    The answer keeps its beginning. Of the prompt, its longest block of code comes first and all other words after it, so
    that the question is next to the answer. Of the code, what is around the first match of `mark` is kept, else its end;
    of the words, their end.
    """
    room = window - 2  # two marks
    answer = tokens.encode(pair.answer)[: int(room * ANSWER)]
    room -= len(answer)
    fence = max(_FENCED.finditer(pair.prompt), key=lambda one: len(one[0]), default=None)
    code = fence[0] if fence else pair.prompt
    words = tokens.encode(pair.prompt[: fence.start()] + pair.prompt[fence.end() :]) if fence else []
    found = re.search(mark, code) if mark else None
    at = found.start() if found else len(code)
    # No more is read than can be kept.
    before, after = tokens.encode(code[max(at - FAR * window, 0) : at]), tokens.encode(code[at : at + FAR * window])
    least = max(int(room * WORDS), room - len(before) - len(after))
    words = words[-least:] if least else []
    room -= len(words)
    ahead = min(len(before), max(int(room * BEFORE), room - len(after))) if found else min(len(before), room)
    kept = before[len(before) - ahead :] + after[: room - ahead]
    return Row(kept + words, answer)
