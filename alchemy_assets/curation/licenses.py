"""Judge files by licence: what may be trained on, what may not, and what cannot be told.

Belongs here: evidence (a file's own header, the licences of its repositories) and the three-valued policy over SPDX
expressions. Does not: finding a repository's licence (`corpora`). The header of a file wins over its repository. Attribution
is what `occurrences` says (repository, path, licences); it travels with the file, and nothing here takes any of it away.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Literal, TypeAlias, cast

import polars as pl
from license_expression import ExpressionError, LicenseExpression, Licensing, get_spdx_licensing

from alchemy_assets.curation.license_headers import HEADER_CHARACTERS, of_headers
from alchemy_assets.curation.stage import Measure, Rule, Stage
from alchemy_assets.errors import SettingsError
from alchemy_assets.settings import LicensePolicy

NAME = "licenses"
# What a header or else the occurrences say; and the corpora that have an occurrence of which nothing is said.
COLUMNS: Mapping[str, pl.DataType] = MappingProxyType(
    {"expressions": pl.List(pl.String()), "unsaid_in": pl.List(pl.String()), "source": pl.String()}
)
DERIVED: Mapping[str, pl.DataType] = MappingProxyType({"license": pl.String(), "judgement": pl.String()})

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
        except (ExpressionError, AssertionError, IndexError):
            # The library stumbles over some of what it should refuse, such as "().".
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
    return _all_of(tuple(licenses or ()))


@cache
def _all_of(licenses: tuple[str | None, ...]) -> str:
    listed = sorted({_canonical(text.strip()) for text in licenses if text and text.strip()})
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
    """The stage `licenses` under a policy; its derived signal `license` becomes the licence of the samples.

    Raises SettingsError where the default of a corpus is no SPDX expression.
    """
    for corpus, text in policy.default_of.items():
        parsed = parse(text)
        if parsed is None or _spdx().unknown_license_keys(parsed):
            msg = f"licenses.default_of.{corpus} is {text!r}, which is no SPDX expression; give one such as MIT, or leave it out"
            raise SettingsError(msg)
    denied = Rule("the licence is not allowed", pl.col("judgement") == "denied")
    unknown = Rule("the licence is unknown", pl.col("judgement") == "unknown")
    rules = (denied, unknown) if policy.unknown == "reject" else (denied,)
    return Stage(NAME, COLUMNS, _measure, rules, DERIVED, _judged_by(policy))


def _measure(files: pl.DataFrame) -> pl.DataFrame:
    headers = of_headers(files["text"].str.slice(0, HEADER_CHARACTERS))
    # Many files say the same: each combination becomes a row once.
    combinations: dict[tuple[tuple[str, ...], tuple[str, ...], str], int] = {}
    rows = [
        combinations.setdefault(_evidence(own, occurrences or ()), len(combinations))
        for own, occurrences in zip(headers, files["occurrences"].to_list(), strict=True)
    ]
    evidence = pl.DataFrame(list(combinations), schema=dict(COLUMNS), orient="row")
    return files.hstack(evidence[rows]).with_columns(detail=pl.format("said in {}", "source"))


def _evidence(own: str, occurrences: Iterable[Mapping[str, object]]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    """The expressions, the corpora in which nothing is said, and where it is said."""
    if own:
        return (_canonical(own),), (), "its header"
    said = [
        (of_occurrence(cast("list[str | None] | None", one["licenses"])), str(one["corpus"])) for one in occurrences
    ]
    expressions = {expression for expression, _ in said if expression}
    unsaid = {corpus for expression, corpus in said if not expression}
    return tuple(sorted(expressions)), tuple(sorted(unsaid)), "its repository" if expressions else "nowhere"


def _judged_by(policy: LicensePolicy) -> Measure:
    allowed = frozenset(policy.allowed)
    default_of = {corpus: _canonical(text) for corpus, text in policy.default_of.items()}

    def decide(expressions: list[str], unsaid_in: list[str]) -> tuple[str, Judgement, str]:
        chosen, judgement = choose(
            [*expressions, *(default_of.get(corpus, "") for corpus in unsaid_in)], allowed, strict=policy.strict
        )
        assumed = sorted(corpus for corpus in unsaid_in if chosen and default_of.get(corpus) == chosen)
        return chosen, judgement, "" if chosen in expressions else ", ".join(assumed)

    def derive(facts: pl.DataFrame) -> pl.DataFrame:
        evidence = ["expressions", "unsaid_in"]
        distinct = facts.select(evidence).unique()
        chosen = [decide(*listed) for listed in distinct.iter_rows()]
        judged = distinct.hstack(pl.DataFrame(chosen, schema={**DERIVED, "assumed_for": pl.String()}, orient="row"))
        joined = facts.join(judged, on=evidence, how="left", maintain_order="left")
        assumed = pl.format("assumed for corpus {}", "assumed_for")
        return joined.with_columns(detail=pl.when(pl.col("assumed_for") == "").then("detail").otherwise(assumed))

    return derive
