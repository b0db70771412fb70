"""Decontamination on real files: speed on one core, what is rejected, and which planted copies are caught.

    POLARS_MAX_THREADS=1 python -m bench.decontamination FOLDER BENCHMARK [FILES]

FOLDER holds real files (a folder in it counts as a repository), BENCHMARK is a file like HumanEval. Prints one JSON line a
figure: MB per CPU second, each rejected file, and the recall of each way to plant a copy. Never run by the tests.
"""

import hashlib
import json
import random
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polars as pl

from alchemy_assets import syntax_tree
from alchemy_assets.curation.decontamination import benchmark_files, fingerprints, index, judgement
from alchemy_assets.curation.decontamination.tokens import tokenise
from alchemy_assets.curation.held_out import is_drawn
from alchemy_assets.settings import Decontamination, HeldOut

LANGUAGE = "Python"
LARGEST = 2_000_000


def say(figure: str, **values: object) -> None:
    """Print one figure as a line of JSON."""
    print(json.dumps({"figure": figure, **values}), flush=True)


def real_files(root: Path, count: int) -> pl.DataFrame:
    """About so many distinct Python files of a folder, spread over it; as `source_files`, as far as it is needed."""
    paths = sorted(path for path in root.rglob("*.py") if path.is_file() and path.stat().st_size <= LARGEST)
    rows = {}
    for path in paths[:: max(1, len(paths) // count)]:
        raw = path.read_bytes()
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            continue
        blob_id = hashlib.sha1(raw, usedforsecurity=False).hexdigest()
        place = {"path": str(path), "repo_name": path.relative_to(root).parts[0]}
        rows[blob_id] = (blob_id, LANGUAGE, place["repo_name"], place["path"], [place], text)
    names = ["blob_id", "language", "repository", "path", "occurrences", "text"]
    return pl.DataFrame(list(rows.values()), schema=names, orient="row").sort("blob_id")


def _named(source: str) -> Iterator[tuple[int, int, str, str]]:
    for node in syntax_tree.walk(syntax_tree.parse(LANGUAGE, source.encode()).root_node):
        if node.type in {"identifier", "integer", "float", "string_content"}:
            yield node.start_byte, node.end_byte, node.type, syntax_tree.text_of(node)


def _replaced(source: str, new: Callable[[str, str], str]) -> str:
    raw = source.encode()
    for start, end, kind, text in sorted(_named(source), reverse=True):
        raw = raw[:start] + new(kind, text).encode() + raw[end:]
    return raw.decode()


def renamed(source: str) -> str:
    """All names replaced, each by one of its own."""
    return _replaced(source, lambda kind, text: f"name_{_digest(text)}" if kind == "identifier" else text)


def other_literals(source: str) -> str:
    """All numbers and strings replaced."""

    def new(kind: str, text: str) -> str:
        if kind == "identifier":
            return text
        return f"other {_digest(text)}" if kind == "string_content" else str(int(_digest(text), 16) % 1000 + 2)

    return _replaced(source, new)


def recommented(source: str) -> str:
    """A comment at the end of every line of code outside brackets and strings, wider indentation, blank lines."""
    return re.sub(r":\n", ":  # and so it goes on\n\n", source.replace("    ", "        "))


def reordered(source: str) -> str:
    """The top-level definitions in another order."""
    root = syntax_tree.parse(LANGUAGE, source.encode()).root_node
    kinds = {"function_definition", "class_definition", "decorated_definition"}
    pieces = [syntax_tree.text_of(node) for node in root.children if node.type in kinds]
    rest = [syntax_tree.text_of(node) for node in root.children if node.type not in kinds]
    random.Random(len(pieces)).shuffle(pieces)  # noqa: S311 -- the same order every time
    return "\n\n\n".join(["\n".join(rest), *pieces])


def _digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:6]


def without_docstring(program: str) -> str:
    """A function less its first docstring."""
    return re.sub(r"(\"\"\"|''').*?\1", "", program, count=1, flags=re.DOTALL)


def benchmark_copies(path: Path) -> Iterator[tuple[str, str, str, int]]:
    """Way of planting, item, text to plant, and tokens of the item's solution."""
    parts: dict[str, dict[str, str]] = {}
    for part in benchmark_files.read(path):
        parts.setdefault(part.item, {})[part.part] = part.text
    for item, texts in parts.items():
        size = len(tokenise([texts["solution"].encode()]).hashes)
        code = without_docstring(texts["program"])
        ways = {
            "solution verbatim": f"def work(values):\n{texts['solution']}",
            "prompt verbatim": texts["prompt"],
            "prompt and solution": texts["program"],
            "signature and solution": code,
            "tests verbatim": texts["test"],
            "renamed": renamed(code),
            "other literals": other_literals(code),
            "other comments and white space": recommented(code),
            "renamed, other literals, comments": recommented(other_literals(renamed(code))),
        }
        for way, text in ways.items():
            yield way, item, text, size


WAYS: Mapping[str, Callable[[str], str]] = {
    "whole": str,
    "renamed": renamed,
    "other literals": other_literals,
    "other comments and white space": recommented,
    "reordered": reordered,
    "renamed, reordered, other literals": lambda own: reordered(other_literals(renamed(own))),
}


def held_out_copies(files: pl.DataFrame) -> Iterator[tuple[str, str, str, int]]:
    """The same for held-out files."""
    for item, text in files.select("blob_id", "text").iter_rows():
        size = len(tokenise([text.encode()]).hashes)
        for way, change in WAYS.items():
            yield f"held-out file, {way}", item, f"# a copy\n{change(text)}", size


def recall(copies: Iterator[tuple[str, str, str, int]], hosts: list[str], table: pl.DataFrame, least: int) -> None:
    """Plant each copy into a real file, and print which share is caught, naming the item; `least` tokens can be told."""
    planted = [
        (f"planted {number}", way, item, f"{hosts[number % len(hosts)]}\n\n\n{text}\n", size)
        for number, (way, item, text, size) in enumerate(copies)
    ]
    names = ["blob_id", "way", "item", "text", "tokens"]
    frame = pl.DataFrame(planted, schema=names, orient="row").with_columns(language=pl.lit(LANGUAGE))
    facts = judgement.facts(frame, frame.select("blob_id", held_out=pl.lit(value=False)), table)
    policy = Decontamination()
    found = judgement.judged(
        facts.select("blob_id", match=pl.col("signals").struct.field("matches"))
        .explode("match", empty_as_null=True)
        .drop_nulls("match")
        .unnest("match"),
        policy,
    )
    caught = found.filter(pl.any_horizontal(list(judgement.DERIVED))).select("blob_id", "item").unique()
    told = frame.join(caught.with_columns(caught=pl.lit(value=True)), on=["blob_id", "item"], how="left").with_columns(
        pl.col("caught").fill_null(value=False)
    )
    for (way,), group in told.group_by("way", maintain_order=True):
        long = group.filter(pl.col("tokens") >= least)["caught"]
        say(
            f"recall: {way}",
            planted=group.height,
            caught=int(group["caught"].sum()),
            recall=round(float(group["caught"].mean() or 0), 3),  # type: ignore[arg-type]
            **{f"of_{least}_tokens": len(long), f"recall_of_{least}_tokens": round(float(long.mean() or 0), 3)},  # type: ignore[arg-type]
        )


def main() -> None:
    """Measure on a folder of real files."""
    root, benchmark = Path(sys.argv[1]), Path(sys.argv[2])
    files = real_files(root, int(sys.argv[3]) if len(sys.argv) > 3 else 20_000)  # noqa: PLR2004
    policy, draw = Decontamination(), HeldOut()
    names = {name: is_drawn(name, draw) for name in files["repository"].unique()}
    held_out = files.select("blob_id", held_out=pl.col("repository").replace_strict(names, return_dtype=pl.Boolean))

    def timed(figure: str, work: Callable[[], pl.DataFrame], frame: pl.DataFrame) -> pl.DataFrame:
        started = time.process_time()
        result = work()
        seconds = time.process_time() - started
        size = int(frame["text"].str.len_bytes().sum())
        rate = {"cpu_seconds": round(seconds, 2), "mb_per_cpu_second": round(size / 1e6 / seconds, 2)}
        say(
            figure,
            files=frame.height,
            mb=round(size / 1e6, 1),
            **rate,
            files_per_cpu_second=round(frame.height / seconds),
        )
        return result

    some = files.head(1_000)

    def parse() -> pl.DataFrame:
        for text in some["text"]:
            syntax_tree.parse(LANGUAGE, text.encode())
        return some

    timed("bare tree-sitter, for scale", parse, some)
    asked = fingerprints.of_benchmarks([benchmark], policy.n)
    drawn = files.join(held_out.filter("held_out"), on="blob_id", how="semi")
    kept_away = timed("held-out fingerprints", lambda: fingerprints.of_held_out(files, held_out, policy.n), drawn)
    table = index.build([asked, kept_away], policy.common)
    facts = timed("decontamination facts", lambda: judgement.facts(files, held_out, table), files)
    verdicts = timed("decontamination verdicts", lambda: judgement.stage(policy).decide(facts), files)
    rejected = verdicts.filter(~pl.col("kept")).join(files, on="blob_id")
    of_benchmark = rejected.filter(
        pl.col("signals").struct.field("matches").list.eval(pl.element().struct.field("kind") == "benchmark").list.any()
    )
    say("rejected", files=files.height, rejected=rejected.height, of_benchmark=of_benchmark.height)
    for path, reasons, detail in rejected.select("path", "reasons", "detail").iter_rows():
        say("rejected file", path=path, reasons=reasons, detail=detail)
    hosts = files.join(held_out.filter(~pl.col("held_out")), on="blob_id", how="semi")["text"].head(500).to_list()
    recall(benchmark_copies(benchmark), hosts, table, policy.least_tokens)
    recall(held_out_copies(drawn), hosts, table, policy.least_held_out_tokens)


if __name__ == "__main__":
    main()
