"""What a reader of a corpus hands on: a file with its bytes, or an input that never became one, with the reason.

Belongs here: the two shapes, the closed set of reasons, and safe names. Does not: where files lie (`folders`,
`archives`, `rows`, `software_heritage`), what becomes of them (`index`).
"""

from dataclasses import dataclass
from typing import Final

EMPTY: Final = "empty"
BINARY: Final = "binary"
BLOB_ID: Final = "blob id does not match"
UNDECODABLE: Final = "cannot be decoded"
NO_LANGUAGE: Final = "no known language"
NOT_SELECTED: Final = "language not selected"
LICENCE_TEXT: Final = "licence text"
IGNORED: Final = "ignored by .gitignore"
SYMBOLIC_LINK: Final = "symbolic link"
IRREGULAR: Final = "not a regular file"
UNREADABLE: Final = "cannot be read"
NOT_JSON: Final = "not a JSON object"
TEXT_MISSING: Final = "text is missing"
NO_BLOB_ID: Final = "no blob id"
NOT_ARCHIVED: Final = "not in the archive"
CORRUPT: Final = "the archive's copy is corrupt"
UNAVAILABLE: Final = "could not be fetched"


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of a file.

    location: where it was found, relative to the corpus, to be shown to a person.
    repo_name, path: the repository, and the path inside it; empty where they cannot be told.
    licenses: SPDX expressions that stand beside it; empty is unknown.
    label, blob_id, encoding: the language, the SHA-1 and the encoding that its corpus claims; empty is no claim.
    """

    location: str
    repo_name: str
    path: str
    data: bytes
    licenses: tuple[str, ...] = ()
    license_type: str = ""
    label: str = ""
    blob_id: str = ""
    encoding: str = ""


@dataclass(frozen=True, slots=True)
class Rejected:
    """An input that never became a source file, and why."""

    location: str
    reason: str
    detail: str = ""


def too_large(location: str, size: int | None, largest: int) -> Rejected:
    """The rejection of a file over the size limit; `size` is None where only "larger" is known."""
    return Rejected(location, f"larger than {largest} bytes", "" if size is None else f"{size} bytes")


def printable(name: str) -> str:
    """A file name as valid Unicode: bytes that are not UTF-8, and lone surrogates, become backslash escapes."""
    try:
        return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    except UnicodeEncodeError:  # a surrogate that no undecodable byte stands behind: JSON can write those
        return name.encode("utf-8", "backslashreplace").decode("utf-8")
