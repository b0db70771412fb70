"""The data checks of the assets, as they look at staged rows."""

from collections.abc import Callable

import polars as pl

from alchemy_assets.orchestration.steps import Check, Finding, Staged
from alchemy_assets.orchestration.workspace import SEPARATOR
from alchemy_assets.quality import expectations

ID_COLUMN = "blob_id"


def _accounted(staged: Staged) -> Finding:
    counts = staged.made.counts
    rows_in, kept, rejected = counts["rows_in"], counts["kept"], counts["rejected"]
    detail = f"{rows_in} rows in, {kept} kept, {rejected} rejected, {staged.rows} staged"
    return Finding(rows_in == kept + rejected and staged.rows == kept, detail)


ACCOUNTED = Check("nothing_lost", "Rows in = rows kept + rows rejected, and what is staged is what was kept.", _accounted)


def _one_row_each(column: str) -> Callable[[Staged], Finding]:
    def look(staged: Staged) -> Finding:
        repeated = staged.frame().filter(pl.col(column).is_duplicated() | pl.col(column).is_null())
        return Finding(repeated.is_empty(), f"{repeated.height} rows share or lack their {column}")

    return look


def one_row_each(column: str = ID_COLUMN) -> Check:
    """A check that a column names each row once."""
    return Check(f"one_row_each_{column}", f"Every `{column}` stands in one row, and none is missing.", _one_row_each(column))


def _in_its_partition(staged: Staged) -> Finding:
    language = staged.partition.split(SEPARATOR)[0]
    strangers = staged.frame().filter(pl.col("language") != language)
    return Finding(strangers.is_empty(), f"{strangers.height} rows are of another language than {language}")


IN_ITS_PARTITION = Check("in_its_partition", "Every row is of the partition's language.", _in_its_partition)


def _expected(suite: str) -> Callable[[Staged], Finding]:
    def look(staged: Staged) -> Finding:
        failed = [finding for finding in expectations.expect(suite, staged.frame()) if not finding.passed]
        return Finding(not failed, "; ".join(f"{finding.description}: {finding.detail}" for finding in failed))

    return look


def expected(suite: str) -> Check:
    """The Great Expectations suite of a table."""
    return Check("expectations", f"The Great Expectations suite `{suite}` holds.", _expected(suite))


def _rows_in_staged(staged: Staged) -> Finding:
    return Finding(staged.rows == staged.made.counts["rows_in"], f"{staged.made.counts['rows_in']} rows in, {staged.rows} staged")


ACCOUNTED_ALL = Check("every_file_accounted", "Every file that came in has a row.", _rows_in_staged)
