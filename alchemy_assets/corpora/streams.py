"""Open a file of a corpus for reading from front to back, decompressed, and name what is wrong with it.

Belongs here: compression by suffix, and turning what libraries raise over broken input into one error.
"""

import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from alchemy_assets.errors import AlchemyError, CorpusFormatError

_BROKEN = (OSError, EOFError, zlib.error, tarfile.TarError, pa.ArrowException, ValueError, OverflowError, MemoryError)


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file, decompressed if its name ends with .gz, .tgz or .zst; memory stays bounded.

    Raises CorpusFormatError if reading them fails, because the file is truncated, damaged or not what its name says.
    """
    with readable(path):
        suffix = path.suffix.lower()
        if suffix in (".gz", ".tgz"):
            with gzip.open(path, "rb") as file:
                yield cast("IO[bytes]", file)
        elif suffix == ".zst":
            # zstandard's own reader takes a truncated file for a whole one.
            with pa.input_stream(str(path), compression="zstd") as stream:
                yield io.BufferedReader(stream)
        else:
            with path.open("rb") as file:
                yield file


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what reading a broken file raises into a CorpusFormatError that names it."""
    try:
        yield
    except AlchemyError:
        raise
    except _BROKEN as error:
        msg = f"{path} is truncated, damaged or not what its name says ({error}); fetch it again or convert it"
        raise CorpusFormatError(msg) from error
