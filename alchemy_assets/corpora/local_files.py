"""The corpus `local`: source files that the user has, in a folder, a git checkout, an archive or a table.

Belongs here: telling the kinds of input apart. Does not: reading them (`folders`, `archives`, `rows`), deciding what
the files are (`index`).
"""

import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypeAlias

from alchemy_assets.corpora import archives, rows
from alchemy_assets.corpora.folders import walk
from alchemy_assets.corpora.found import Found, Rejected
from alchemy_assets.errors import CorpusFormatError, CorpusNotFoundError
from alchemy_assets.settings import LocalCorpus

KEY: Final = "local"

_Reader: TypeAlias = Callable[[Path, int], Iterator[Found | Rejected]]

_READERS: Mapping[str, _Reader] = MappingProxyType(
    dict.fromkeys(archives.SUFFIXES, archives.members)
    | dict.fromkeys(rows.SUFFIXES, rows.json_lines)
    | {".parquet": rows.parquet}
)


def read(corpus: LocalCorpus) -> Iterator[Found | Rejected]:
    """Every file of the corpus, as found or rejected, one at a time.

    The path itself may be a symbolic link; a link below it is rejected. Raises CorpusNotFoundError at once if nothing
    is there, and CorpusFormatError if it is of no kind that can be read, is damaged, or holds no file at all.
    """
    path = corpus.path
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        msg = (
            f"the corpus {path} cannot be found ({error}); set `local.path` to a folder or one of {', '.join(_READERS)}"
        )
        raise CorpusNotFoundError(msg) from error
    if stat.S_ISDIR(mode):
        return _not_empty(path, walk(path, corpus.largest_file))
    suffix = next((suffix for suffix in _READERS if path.name.lower().endswith(suffix)), None)
    if suffix is None or not stat.S_ISREG(mode):
        msg = f"the corpus {path} is neither a folder nor a file of {', '.join(_READERS)}; set `local.path` to one"
        raise CorpusFormatError(msg)
    return _not_empty(path, _READERS[suffix](path, corpus.largest_file))


def _not_empty(path: Path, inputs: Iterator[Found | Rejected]) -> Iterator[Found | Rejected]:
    any_input = False
    for one in inputs:
        any_input = True
        yield one
    if not any_input:
        msg = f"no files found in {path}; put source files there, or set `local.path` to where they are"
        raise CorpusFormatError(msg)
