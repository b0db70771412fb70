"""Signatures: what their MinHash estimates, and that a table is the same however the files stood."""

import random

import numpy as np
import polars as pl

from alchemy_assets import schema
from alchemy_assets.curation.shingles import jaccard, shingle_sets
from alchemy_assets.curation.signatures import BANDS, PERMUTATIONS, ROWS, band_hashes, min_hashes, sign
from tests.builders import source_file


def contents(count, seed):
    """Contents of 200 words, each further from the first one."""
    draw = random.Random(seed)
    words = [f"w{draw.randrange(5_000)}" for _ in range(200)]
    made = []
    for _ in range(count):
        made.append(" ".join(words).encode())
        words[draw.randrange(200)] = f"n{draw.randrange(10**9)}"
    return made


def test_signatures_estimate_the_jaccard_index():
    """The share of equal rows of two signatures is the exact index, give or take what 256 permutations allow."""
    sets = shingle_sets(contents(40, seed=3))
    rows = min_hashes(sets)
    assert rows.shape == (40, PERMUTATIONS)
    errors = [(rows[0] == rows[at]).mean() - jaccard(sets[0], sets[at]) for at in range(1, len(rows))]
    assert np.abs(errors).max() < 0.12
    assert abs(np.mean(errors)) < 0.03


def test_a_band_is_shared_where_all_its_rows_are():
    """The hash of a band stands for its six rows, and for nothing else."""
    signatures = min_hashes(shingle_sets(contents(60, seed=5)))
    cut = signatures[:, : BANDS * ROWS].reshape(-1, BANDS, ROWS)
    hashes = band_hashes(signatures)
    for other in range(1, len(signatures)):
        assert ((hashes[0] == hashes[other]) == (cut[0] == cut[other]).all(axis=1)).all()


def test_the_order_of_rows_counts_in_a_band():
    """A band of the same numbers in another order is another band."""
    signature = np.arange(PERMUTATIONS, dtype=np.uint32)[np.newaxis]
    swapped = signature.copy()
    swapped[0, [0, 1]] = swapped[0, [1, 0]]
    assert (band_hashes(signature) == band_hashes(swapped)).tolist() == [[False] + [True] * (BANDS - 1)]


def test_the_table_is_the_same_however_the_files_stood():
    """Reversed files, and files signed one by one, give the same rows, which have the table's schema."""
    files = pl.concat([source_file(content.decode()) for content in contents(30, seed=1)] + [source_file("")])
    table = sign(files)
    assert table.schema == pl.Schema(dict(schema.SIGNATURES))
    assert sign(files.reverse()).equals(table)
    assert pl.concat([sign(files[at]) for at in range(files.height)]).sort("blob_id").equals(table)
    assert sign(files.clear()).equals(table.clear())


def test_blocks_do_not_show(monkeypatch):
    """Where a block of files ends changes nothing."""
    files = pl.concat([source_file(content.decode()) for content in contents(30, seed=2)])
    table = sign(files)
    monkeypatch.setattr("alchemy_assets.curation.signatures._BLOCK", 1)
    assert sign(files).equals(table)


def test_notices_do_not_count():
    """Another copyright line changes no shingle; one of non-ASCII letters neither."""
    body = " ".join(f"word{at}" for at in range(50))
    tables = [sign(source_file(notice + body)) for notice in ("", "# Copyright 2020 Zoë Ünäl\n\n")]
    assert tables[0]["shingles"].equals(tables[1]["shingles"])
