"""Small rows for tests: a file as the corpora would hand it on.

Belongs here: builders that several rooms' tests share. Does not: anything that judges.
"""

import hashlib
from collections.abc import Sequence

import polars as pl

from alchemy_assets import schema

PROGRAM = '''"""Count how often each word of a text occurs."""

import sys
from collections import Counter


def counts(lines):
    """Return the words of some lines with how often each occurs."""
    words = Counter()
    for line in lines:
        words.update(line.lower().split())
    return words


if __name__ == "__main__":
    for word, count in sorted(counts(sys.stdin).items()):
        print(count, word)
'''


def source_file(
    text: str = PROGRAM,
    *,
    language: str = "Python",
    path: str = "tool/words.py",
    repository: str | None = "someone/tools",
    licenses: Sequence[str] | None = ("MIT",),
    occurrences: Sequence[dict[str, object]] | None = None,
) -> pl.DataFrame:
    """A frame of one row of `source_files`; `occurrences` (partial rows) replaces repository, path and licences."""
    raw = text.encode()
    default = {
        "corpus": "local",
        "repo_name": repository,
        "path": path,
        "licenses": list(licenses or ()),
        "license_type": None,
    }
    row = {
        "blob_id": hashlib.sha1(raw, usedforsecurity=False).hexdigest(),
        "content_id": hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest(),
        "language": language,
        "language_source": "suffix",
        "occurrences": [default | each for each in occurrences or ({},)],
        "encoding": "utf-8",
        "length_bytes": len(raw),
        "text": text,
    }
    return schema.frame_of([row], schema.SOURCE_FILES)
