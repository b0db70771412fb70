"""What makes the bytes of a blob the text of a source file, however they were come by.

Belongs here: empty, binary and undecodable files; git's name of a blob. Does not: decoding itself (`encodings`), languages
(`detection`).
"""

import hashlib
from typing import NamedTuple

from alchemy_assets.corpora import found
from alchemy_assets.corpora.encodings import Decoded, decode, is_binary


class Refusal(NamedTuple):
    """Why a blob is not a source file."""

    reason: str
    detail: str = ""


def bytes_refusal(data: bytes) -> Refusal | None:
    """Why a blob cannot be source, by what its bytes alone say."""
    if not data:
        return Refusal(found.EMPTY)
    if is_binary(data):
        return Refusal(found.BINARY, f"NUL at byte {data.index(0)}")
    return None


def text_of(data: bytes, claimed: str = "") -> Decoded | Refusal:
    """The text of a blob whose bytes were not refused, or why it has none; `claimed` is the encoding that its corpus names."""
    decoded = decode(data, claimed)
    if decoded is None:
        return Refusal(found.UNDECODABLE, "neither UTF-8 nor surely anything else")
    if "\0" in decoded.text:
        return Refusal(found.BINARY, f"NUL in {decoded.encoding} text")
    if not decoded.text:
        return Refusal(found.EMPTY, "nothing but a byte-order mark")
    return decoded


def content_id(data: bytes) -> str:
    """The name that git has for a blob: the SHA-1 of a header and its bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def blob_id(data: bytes) -> str:
    """The name of a blob: the SHA-1 of its bytes."""
    return hashlib.sha1(data, usedforsecurity=False).hexdigest()
