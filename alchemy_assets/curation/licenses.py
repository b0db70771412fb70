"""Judge files by licence: what may be trained on, what may not, and what cannot be told.

Belongs here: evidence (a file's own header, the licences of its repositories) and the three-valued policy over SPDX
expressions. Does not: finding a repository's licence (`corpora`). The header of a file wins over its repository.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias

import polars as pl
from license_expression import ExpressionError, LicenseExpression, Licensing, get_spdx_licensing

from alchemy_assets.curation.license_headers import HEADER_CHARACTERS, of_header
from alchemy_assets.curation.stage import Measure, Rule, Stage
from alchemy_assets.settings import LicensePolicy

NAME = "licenses"
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType({"license": pl.String(), "judgement": pl.String()})

Judgement: TypeAlias = Literal["allowed", "denied", "unknown"]

_WORST_FIRST: tuple[Judgement, ...] = ("denied", "unknown", "allowed")
# Where no occurrence is allowed, one that is known to be denied says more than one of which nothing is known.
_BEST_FIRST: tuple[Judgement, ...] = ("allowed", "denied", "unknown")


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


@cache
def parse(text: str) -> LicenseExpression | None:
    """The SPDX expression that a text stands for, or None; `MIT/Apache-2.0`, Cargo's old form, is one."""
    for candidate in (text, text.replace("/", " OR ")):
        try:
            return _spdx().parse(candidate)
        except ExpressionError:
            continue
    return None


@cache
def judge(text: str, allowed: frozenset[str]) -> Judgement:
    """Whether an SPDX expression is allowed; `allowed` holds identifiers, or whole `X WITH Y` terms.

    AND is as bad as its worst part and OR as good as its best. An exception only adds permissions, so `X WITH Y` is
    allowed where X is. A known licence that is not listed is denied; whatever SPDX does not know is unknown.
    """
    parsed = parse(text)
    return "unknown" if parsed is None else _judge_parsed(parsed, frozenset(_canonical(name) for name in allowed))


def _judge_parsed(parsed: LicenseExpression, allowed: frozenset[str]) -> Judgement:
    operator = getattr(parsed, "operator", None)
    if operator is not None:
        parts = {_judge_parsed(part, allowed) for part in parsed.args}
        order = _WORST_FIRST if operator.strip() == "AND" else tuple(reversed(_WORST_FIRST))
        return next(judgement for judgement in order if judgement in parts)
    base = getattr(parsed, "license_symbol", parsed)
    if str(parsed) in allowed or base.key in allowed:
        return "allowed"
    return "denied" if base.key in _spdx().known_symbols else "unknown"


@cache
def _canonical(text: str) -> str:
    parsed = parse(text)
    return text if parsed is None else str(parsed)


def of_occurrence(licenses: Iterable[str | None] | None) -> str:
    """One expression out of the licences listed for a repository: all of them hold; empty where there is none."""
    listed = sorted({_canonical(text.strip()) for text in licenses or () if text and text.strip()})
    return " AND ".join(f"({text})" if " OR " in text and len(listed) > 1 else text for text in listed)


def choose(expressions: Iterable[str], allowed: frozenset[str], *, strict: bool) -> tuple[str, Judgement]:
    """The expression that decides among those of a blob's occurrences, and its judgement.

    Allowed where one occurrence is, or where all are if `strict`; which one is chosen does not depend on their order.
    """
    order = _WORST_FIRST if strict else _BEST_FIRST
    judged = sorted((order.index(judge(text, allowed)), text) for text in set(expressions) or {""})
    rank, text = judged[0]
    return text, order[rank]


def stage(policy: LicensePolicy) -> Stage:
    """The stage `licenses` under a policy; its signal `license` becomes the licence of the samples."""
    denied = Rule("the licence is not allowed", pl.col("judgement") == "denied")
    unknown = Rule("the licence is unknown", pl.col("judgement") == "unknown")
    return Stage(NAME, COLUMNS, _measured_by(policy), (denied, unknown) if policy.unknown == "reject" else (denied,))


def _measured_by(policy: LicensePolicy) -> Measure:
    allowed = frozenset(policy.allowed)

    def measure(files: pl.DataFrame) -> pl.DataFrame:
        rows = []
        headers = files["text"].str.slice(0, HEADER_CHARACTERS)
        for header, occurrences in zip(headers, files["occurrences"].to_list(), strict=True):
            own = of_header(header)
            expressions = (
                [_canonical(own)]
                if own
                else [of_occurrence(occurrence["licenses"]) for occurrence in occurrences or ()]
            )
            text, judgement = choose(expressions, allowed, strict=policy.strict)
            rows.append(
                (
                    text,
                    judgement,
                    "said in its header" if own else "said of its repository" if text else "no licence found",
                )
            )
        signals = pl.DataFrame(rows, schema={**COLUMNS, "detail": pl.String()}, orient="row")
        return files.hstack(signals)

    return measure
