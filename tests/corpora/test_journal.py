"""The journal of fetched blobs: whole records survive, a torn one is cut off, one process writes."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets.corpora.journal import BLOB, REFUSED, Journal, JournalBusyError
from tests.corpora.servers import sha1


def read(path: Path) -> list[tuple[str, int, bytes]]:
    """Everything that a journal holds."""
    with Journal(path) as journal:
        return [
            (record.blob_id, record.kind, journal.read(record.offset, record.length))
            for record in list(journal.records())
        ]


RECORDS = st.lists(st.tuples(st.sampled_from([BLOB, REFUSED]), st.binary(max_size=40)), max_size=6)


@hypothesis_settings(deadline=None, max_examples=60)
@given(RECORDS, st.data())
def test_a_torn_journal_keeps_its_whole_records(records, data):
    """Cut anywhere, a journal has the records before the cut, takes new ones, and has both when it is opened again."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.journal"
        ends = [0]
        with Journal(path) as journal:
            assert list(journal.records()) == []
            for kind, payload in records:
                record = journal.add(sha1(payload), kind, payload)
                assert journal.read(record.offset, record.length) == payload
                ends.append(path.stat().st_size)
        cut = data.draw(st.integers(0, ends[-1]))
        with path.open("r+b") as file:
            file.truncate(cut)
        whole = [
            (sha1(payload), kind, payload) for (kind, payload), end in zip(records, ends[1:], strict=True) if end <= cut
        ]
        with Journal(path) as journal:
            assert len(list(journal.records())) == len(whole)
            journal.add(sha1(b"new"), BLOB, b"new")
        assert read(path) == [*whole, (sha1(b"new"), BLOB, b"new")]


def test_a_garbled_record_ends_the_journal(tmp_path):
    """What a crash of the machine left unwritten in the middle of a file is not taken for a blob."""
    path = tmp_path / "a.journal"
    with Journal(path) as journal:
        list(journal.records())
        first = journal.add(sha1(b"one"), BLOB, b"one")
        second = journal.add(sha1(b"two"), BLOB, b"two")
    with path.open("r+b") as file:
        file.seek(second.offset)
        file.write(b"\0\0\0")
    assert read(path) == [(sha1(b"one"), BLOB, b"one")]
    assert path.stat().st_size == first.offset + first.length


def test_two_processes_do_not_share_a_journal(tmp_path):
    """A journal that is in use is an error that says what to do, and is free again afterwards."""
    with Journal(tmp_path / "x" / "a.journal"), pytest.raises(JournalBusyError, match="another process fetches"):
        Journal(tmp_path / "x" / "a.journal")
    with Journal(tmp_path / "x" / "a.journal"):
        pass
