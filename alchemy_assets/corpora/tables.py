"""Find the Parquet files of a corpus, on this machine or on the Hugging Face Hub, and open them.

Belongs here: addresses, listing, opening, what changed. Does not: what stands in the files (`parquet_ids`).
A file on the Hub is read by byte ranges, so only the columns that are asked for travel.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import RawIOBase
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, cast

import pyarrow.parquet as pq

from alchemy_assets.corpora import fingerprint as local_fingerprint
from alchemy_assets.corpora.streams import readable
from alchemy_assets.errors import AlchemyError, CorpusFormatError, CorpusNotFoundError
from alchemy_assets.settings import Fetch

if TYPE_CHECKING:
    from huggingface_hub import HfFileSystem
    from huggingface_hub.hf_file_system import HfFileSystemResolvedRepositoryPath

HUB: Final = "hf://"
_SUFFIX: Final = ".parquet"
# How much of a column is read at a time: a range request to the Hub each.
_BUFFER_BYTES: Final = 2**20


class HubError(AlchemyError, ConnectionError):
    """The Hugging Face Hub cannot be reached, or refuses."""


class _HubStream(RawIOBase):
    """A file on the Hub, read by ranges, whose errors are ours."""

    def __init__(self, hub: "HfFileSystem", name: str) -> None:
        self._name = name
        with _answering(name):
            # Exactly the ranges that pyarrow asks for: reading ahead in one column fetches bytes of another.
            self._file = hub.open(name, "rb", cache_type="none")

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return int(self._file.tell())

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def read(self, size: int = -1) -> bytes:
        with _answering(self._name):
            return bytes(self._file.read(size))


@dataclass(frozen=True)
class ParquetTable:
    """One Parquet file: its name inside the corpus, its bytes, and what opens it."""

    name: str
    size: int
    source: Callable[[], IO[bytes] | RawIOBase]

    @contextmanager
    def opened(self) -> Iterator[pq.ParquetFile]:
        """The file, to be read a few rows at a time; raises CorpusFormatError where it is damaged, HubError on the way."""
        with (
            readable(Path(self.name)),
            self.source() as stream,
            pq.ParquetFile(stream, buffer_size=_BUFFER_BYTES, pre_buffer=False) as file,
        ):
            yield file


def tables(path: str, fetch: Fetch) -> list[ParquetTable]:
    """The Parquet files at a path, sorted by name.

    A folder is searched with all that lies below it; a path on the Hub is `hf://datasets/<name>[@revision][/folder]`, and
    all its files are of the commit that the revision has now. Raises CorpusNotFoundError where nothing is there, HubError
    where the Hub does not answer.
    """
    found = _on_hub(path, fetch) if path.startswith(HUB) else _on_disk(Path(path))
    if not found:
        msg = f"no *{_SUFFIX} in {path}; set the corpus's `path` to where its Parquet files are"
        raise CorpusNotFoundError(msg)
    return sorted(found, key=lambda table: table.name)


def fingerprint(path: str, fetch: Fetch) -> str:
    """What changes when the tables do: names, sizes and times of local files, the commit of a dataset on the Hub."""
    if not path.startswith(HUB):
        return local_fingerprint.fingerprint(Path(path))
    with _answering(path):
        return hashlib.sha256(_pinned(_hub(fetch), path, fetch).encode()).hexdigest()


def _on_disk(path: Path) -> list[ParquetTable]:
    if path.is_file():
        return [_local(path.name, path)] if path.suffix == _SUFFIX else []
    below = (file for file in path.rglob(f"*{_SUFFIX}") if file.is_file() and not file.name.startswith("."))
    return [_local(file.relative_to(path).as_posix(), file) for file in below]


def _local(name: str, path: Path) -> ParquetTable:
    return ParquetTable(name, path.stat().st_size, lambda: path.open("rb"))


def _on_hub(path: str, fetch: Fetch) -> list[ParquetTable]:
    with _answering(path):
        hub = _hub(fetch)
        pinned = _pinned(hub, path, fetch)
        files = cast("dict[str, dict[str, object]]", hub.find(pinned, detail=True))
        return [
            ParquetTable(
                name.removeprefix(pinned).lstrip("/") or name.rsplit("/", 1)[-1],
                int(str(about["size"])),
                partial(_HubStream, hub, name),
            )
            for name, about in files.items()
            if name.endswith(_SUFFIX)
        ]


def _hub(fetch: Fetch) -> "HfFileSystem":
    from huggingface_hub import HfFileSystem  # noqa: PLC0415 -- a slow import, needed for the Hub only

    token = None if fetch.hub_token is None else fetch.hub_token.get_secret_value()
    return HfFileSystem(endpoint=fetch.hub.rstrip("/"), token=token, skip_instance_cache=True)


def _pinned(hub: "HfFileSystem", path: str, fetch: Fetch) -> str:
    """The path with the commit that its revision has now, so that a push in between mixes nothing."""
    from huggingface_hub import HfApi  # noqa: PLC0415 -- as above

    if not path.startswith(f"{HUB}datasets/"):
        msg = f"{path} is no dataset; an address on the Hub is hf://datasets/<name>[@revision][/folder]"
        raise CorpusFormatError(msg)
    resolved = cast("HfFileSystemResolvedRepositoryPath", hub.resolve_path(path))
    api = HfApi(endpoint=fetch.hub.rstrip("/"), token=hub.token)
    commit = api.dataset_info(resolved.repo_id, revision=resolved.revision).sha
    return f"datasets/{resolved.repo_id}@{commit}/{resolved.path_in_repo}".rstrip("/")


@contextmanager
def _answering(place: str) -> Iterator[None]:
    """Turn what the Hub's client raises into errors of ours."""
    try:
        yield
    except AlchemyError:
        raise
    except FileNotFoundError as error:
        msg = f"{place} is not on the Hub, or is not shown without a token ({error}); check the corpus's `path`"
        raise CorpusNotFoundError(msg) from error
    except Exception as error:  # the client lets its HTTP library's own errors through, which have no common parent
        kind = type(error).__name__
        msg = f"{place} cannot be read from the Hub ({kind}: {error}); run again, or see `fetch.hub` and `fetch.hub_token`"
        raise HubError(msg) from error
