"""The data checks of the assets, as they look at staged rows."""

from collections.abc import Callable, Iterable

from alchemy_assets.orchestration.steps import Check, CheckOutcome, Staged
from alchemy_assets.orchestration.workspace import SEPARATOR
from alchemy_assets.quality.expectations import expect
from alchemy_assets.quality.findings import Finding, conservation, invariants
from alchemy_assets.store import UNPARTITIONED

FINDINGS = ("alchemy_assets.quality.findings",)
EXPECTATIONS = ("alchemy_assets.quality.expectations",)


def _accounted(staged: Staged) -> CheckOutcome:
    counts = staged.made.counts
    rows_in, kept, rejected = counts["rows_in"], counts["kept"], counts["rejected"]
    detail = f"{rows_in} rows in, {kept} kept, {rejected} rejected, {staged.rows} staged"
    return CheckOutcome(rows_in == kept + rejected and staged.rows == kept, detail)


ACCOUNTED = Check(
    "nothing_lost", "Rows in = rows kept + rows rejected, and what is staged is what was kept.", _accounted
)


def _each_has_a_row(staged: Staged) -> CheckOutcome:
    rows_in = staged.made.counts["rows_in"]
    return CheckOutcome(staged.rows == rows_in, f"{rows_in} rows in, {staged.rows} staged")


EACH_HAS_A_ROW = Check("each_has_a_row", "Every file that came in has its row.", _each_has_a_row)


def _outcome(findings: Iterable[Finding]) -> CheckOutcome:
    failed = [finding for finding in findings if not finding.passed]
    return CheckOutcome(not failed, "; ".join(f"{finding.description} {finding.detail}" for finding in failed))


def _invariants(table: str) -> Callable[[Staged], CheckOutcome]:
    def look(staged: Staged) -> CheckOutcome:
        language, _, shard = staged.partition.partition(SEPARATOR)
        known = None if language == UNPARTITIONED else language
        return _outcome(invariants(table, staged.frame(), language=known, shard=shard or None))

    return look


def in_order(table: str) -> Check:
    """The invariants of a table (`samples` for the samples of any strategy)."""
    return Check(
        "in_order", "Rows have one key each, are ordered by it, and belong to this partition.", _invariants(table)
    )


def _expected(suite: str) -> Callable[[Staged], CheckOutcome]:
    return lambda staged: _outcome(expect(suite, staged.frame()))


def expected(suite: str) -> Check:
    """The Great Expectations suite of a table."""
    return Check("expectations", f"The Great Expectations suite `{suite}` holds.", _expected(suite), EXPECTATIONS)


PARTIAL = "not judged, partitions are left out"


def _conserved(staged: Staged) -> CheckOutcome:
    # What is left out on purpose would count as lost; manifest and card list it.
    if PARTIAL in staged.made.notes:
        return CheckOutcome(passed=True, detail=f"{PARTIAL}: {staged.made.notes[PARTIAL]}")
    return _outcome([conservation(staged.frame())])


CONSERVED = Check(
    "conservation",
    "Of every language, files read = files kept + files rejected.",
    _conserved,
    FINDINGS,
)
