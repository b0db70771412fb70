"""What owners asked to be taken out: blob ids and repositories that no corpus may bring in again.

Belongs here: the list and its file. Does not: taking anything out; every corpus asks `Forgotten` as it is read, and all that
was made of a row goes with it. The list is only ever added to: a line is a JSON object with `blob_id` or `repo_name`.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alchemy_assets.errors import SettingsError

FILE: Final = "forgotten.jsonl"
REASON: Final = "forgotten"
_BLOB_ID: Final = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Forgotten:
    """The blob ids and repositories that are taken out."""

    blob_ids: frozenset[str] = frozenset()
    repositories: frozenset[str] = frozenset()

    def why(self, repo_name: str, blob_id: str) -> str:
        """What an occurrence is forgotten for: its blob or its repository; empty where it is not."""
        if blob_id in self.blob_ids:
            return "its blob id"
        return "its repository" if repo_name in self.repositories else ""

    def fingerprint(self) -> str:
        """A hash of the list, whatever its order."""
        return hashlib.sha256(json.dumps([sorted(self.blob_ids), sorted(self.repositories)]).encode()).hexdigest()


def is_blob_id(name: str) -> bool:
    """Whether a name is a blob id and no repository: 40 hex digits in lower case."""
    return _BLOB_ID.fullmatch(name) is not None


def read(workspace: Path) -> Forgotten:
    """The list of a workspace; raises SettingsError for a line that cannot be understood, since it must not be passed over."""
    file = workspace / FILE
    if not file.exists():
        return Forgotten()
    blobs, repositories = set(), set()
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            entry = json.loads(line)
            blob_id, repository = entry.get("blob_id") or "", entry.get("repo_name") or ""
        except (ValueError, AttributeError):
            blob_id, repository = "", ""
        is_id, is_name = isinstance(blob_id, str), isinstance(repository, str)
        if not (is_id and is_name and (blob_id or repository)) or (blob_id and not is_blob_id(blob_id)):
            msg = f'{file}:{number} must be {{"blob_id": 40 hex digits}} or {{"repo_name": ...}}, not {line[:200]}'
            raise SettingsError(msg)
        blobs.update({blob_id} - {""})
        repositories.update({repository} - {""})
    return Forgotten(frozenset(blobs), frozenset(repositories))


def add(workspace: Path, names: Iterable[str], reason: str = "") -> list[str]:
    """Add blob ids (40 hex digits) and repositories to the list; returns those that were not on it yet."""
    known = read(workspace)
    new = [name for name in dict.fromkeys(names) if name not in known.blob_ids | known.repositories]
    lines = [json.dumps({"blob_id" if is_blob_id(name) else "repo_name": name, "reason": reason}) for name in new]
    file = workspace / FILE
    with file.open("a", encoding="utf-8") as handle:
        if file.exists() and not file.read_bytes().endswith(b"\n") and file.stat().st_size:
            handle.write("\n")  # somebody wrote the last line by hand
        handle.writelines(f"{line}\n" for line in lines)
        handle.flush()
        os.fsync(handle.fileno())
    return new
