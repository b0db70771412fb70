import random
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets import syntax_tree
from alchemy_assets.curation.decontamination import fingerprints, index, judgement
from alchemy_assets.curation.decontamination.matches import matches, with_code_blocks
from alchemy_assets.settings import Decontamination
from tests.builders import source_file

POLICY = Decontamination()
ROOT = Path(__file__).parents[2]
HUMAN_EVAL = ROOT.parent / "shared/data/HumanEval.jsonl.gz"
OWN_BENCHMARK = ROOT / "examples/benchmark.jsonl"


def program(seed, functions=6):
    """A Python program of some functions with names and arithmetic of its own."""
    draw = random.Random(seed)
    lines = []
    for number in range(functions):
        one, other, total = (f"{word}_{draw.randrange(10**6)}" for word in ("left", "right", "total"))
        lines += [f"def work_{seed}_{number}({one}, {other}):", f"    {total} = {draw.randrange(1000)}"]
        for _ in range(5):
            sign, name = draw.choice("+-*%|&"), draw.choice([one, other, total])
            lines.append(
                draw.choice(
                    [
                        f"    {total} {sign}= {name} {draw.choice('+-*')} {draw.randrange(1000)}",
                        f"    if {one} {draw.choice(['<', '>', '==', '!='])} {name}:\n        {total} = [{other}, {name}]",
                        f"    while {name} {draw.choice('<>')} {draw.randrange(99)}:\n        {name} {sign}= len({one})",
                        f"    for {other} in range({name}, {draw.randrange(50)}):\n        {total} = {other} {sign} {one}",
                    ]
                )
            )
        lines += [f"    return {total}", ""]
    return "\n".join(lines)


def renamed(source):
    """A program with each of its names replaced by another."""
    raw = source.encode()
    nodes = [node for node in syntax_tree.walk(syntax_tree.parse("Python", raw).root_node) if node.type == "identifier"]
    for node in reversed(nodes):
        new = f"other_{sum(node.text) * 31 + len(node.text)}_{node.text.decode()[::-1]}".encode()
        raw = raw[: node.start_byte] + new + raw[node.end_byte :]
    return raw.decode()


def table_of(held, common=POLICY.common, benchmarks=()):
    """The index of some held-out files and benchmark files."""
    marked = held.select("blob_id", held_out=pl.lit(value=True))
    parts = [
        fingerprints.of_held_out(held, marked, POLICY.n),
        fingerprints.of_benchmarks(benchmarks, POLICY.n),
    ]
    return index.build(parts, common)


def judge(files, table, held=(), policy=POLICY):
    """The verdicts on files, as rows by blob id."""
    marked = files.select("blob_id", held_out=pl.col("blob_id").is_in(list(held)))
    verdicts = judgement.stage(policy).decide(judgement.facts(files, marked, table))
    return {row["blob_id"]: row for row in verdicts.iter_rows(named=True)}


def verdict_on(text, table, **how):
    """The verdict on one file."""
    (row,) = judge(source_file(text, repository="some/training"), table, **how).values()
    return row


def one(text, number=0, path="work.py"):
    """A held-out file of a repository of its own."""
    return source_file(text, repository=f"held/out{number}", path=path)


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_a_file_that_holds_an_item_is_rejected_and_names_it(seed):
    """Whatever stands before and after it."""
    item = one(program(seed))
    row = verdict_on(f"{program(seed + 1)}\n{program(seed)}\n{program(seed + 2)}", table_of(item))
    assert not row["kept"]
    assert row["detail"] == f"{item['blob_id'][0]}: 10-gram share 1.0"
    assert judgement.RULES[1].reason in row["reasons"]


@given(st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_other_names_do_not_save_a_file(seed):
    """A copy in which every name is replaced has the structure of its original, and shares no n-gram with it."""
    row = verdict_on(renamed(program(seed)), table_of(one(program(seed))))
    assert row["reasons"] == [judgement.RULES[2].reason]
    assert "structural share 1.0" in row["detail"]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("    ", "\t\t").replace("\n", "\n\n"),
        lambda text: text.replace(":\n", ":  # and then something else is done here\n"),
        lambda text: "\n".join(reversed(text.split("\n\n"))),
        lambda text: renamed(text).replace(":\n", ":  # one two three\n"),
    ],
    ids=["white space", "comments", "order", "names and comments"],
)
def test_a_copy_in_disguise_is_caught(change):
    """Layout, comments, the order of functions and names do not hide what a file is a copy of."""
    text = program(1, functions=8)
    assert not verdict_on(change(text), table_of(one(text)))["kept"]


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None)
def test_a_file_of_its_own_is_kept(seed):
    """Programs in the same style are no copies of each other."""
    assert verdict_on(program(seed), table_of(one(program(seed + 1))))["kept"]


def test_a_held_out_file_is_not_rejected():
    """Neither for itself nor for another held-out file that is its copy."""
    text = program(3)
    first, second = one(text), one(text + "\n# the end of it\n", 1)
    table = table_of(pl.concat([first, second]))
    both = pl.concat([first, second])
    assert all(row["kept"] for row in judge(both, table, held=both["blob_id"]).values())
    assert not any(row["kept"] for row in judge(both, table).values())
    assert judge(first, table_of(first), held=first["blob_id"])[first["blob_id"][0]]["signals"]["matches"] == []


def test_numbers_count_in_n_grams():
    """Rows of other numbers are other rows."""
    numbers = ", ".join(str(number * 37 % 1009) for number in range(200))
    others = ", ".join(str(number * 41 % 1013) for number in range(200))
    assert not verdict_on(f"ROW = [{numbers}]", table_of(one(f"TABLE = [{numbers}]")))["kept"]
    assert verdict_on(f"ROW = [{others}]", table_of(one(f"TABLE = [{numbers}]")))["kept"]


def test_what_is_common_proves_nothing():
    """Code that stands in eight held-out repositories is nobody's; in eight files of one it still is the item's."""
    shared = program(5)
    held = [one(shared + program(10 + number), number) for number in range(8)]
    assert verdict_on(shared, table_of(pl.concat(held)))["kept"]
    versions = [source_file(f"{shared}\n# version {number}\n", repository="held/one") for number in range(8)]
    assert not verdict_on(shared, table_of(pl.concat(versions)))["kept"]


def test_texts_of_licences_and_imports_are_no_items():
    """A held-out licence rejects no file that carries it, not even by way of another held-out file that ends with it."""
    legal = " ".join(f"permission{number} granted without{number}" for number in range(80))
    held = pl.concat([one(legal, path="LICENSE.md"), one(f"# Tool\n\n{legal}", 1, path="README.md")])
    assert verdict_on(f"# Other\n\n{legal}", table_of(held))["kept"]
    imports = "\n".join(f"import module{number}.part{number}" for number in range(60))
    assert verdict_on(imports + "\nx = 1\n", table_of(one(imports)))["kept"]


def test_short_items_are_not_looked_for(tmp_path):
    """`return x + y` stands everywhere."""
    short = tmp_path / "tiny.jsonl"
    short.write_text(
        '{"task_id": "Tiny/1", "prompt": "def add(x, y):\\n", "canonical_solution": "    return x + y\\n"}\n'
    )
    table = table_of(one("").clear(), benchmarks=[short])
    assert verdict_on("def add(x, y):\n    return x + y\n", table)["kept"]


def test_the_planted_solution_of_our_own_benchmark_is_found():
    """Of the example corpus one file holds an item of the example benchmark, and the detail says which."""
    table = table_of(one("").clear(), benchmarks=[OWN_BENCHMARK])
    paths = sorted((ROOT / "examples/corpus").rglob("*.py"))
    files = pl.concat([source_file(path.read_text(), path=path.name) for path in paths]).unique("blob_id")
    rejected = [row for row in judge(files, table).values() if not row["kept"]]
    assert [row["detail"].split(":")[0] for row in rejected] == ["Example/2"]
    planted = files.filter(pl.col("blob_id") == rejected[0]["blob_id"])["occurrences"][0][0]["path"]
    assert planted == "trip_costs.py"


@given(st.randoms(), st.integers(1, 6))
@settings(max_examples=10, deadline=None)
def test_order_and_shards_do_not_matter(shuffle, shards):
    """The index and the facts are the same however files are dealt out, and a benchmark named twice counts once."""
    held = pl.concat([one(program(number), number) for number in range(6)])
    files = pl.concat([source_file(program(number) + program(number + 50)) for number in range(8)])
    mixed = held.sample(fraction=1, shuffle=True, seed=shuffle.randrange(1000))
    marked = held.select("blob_id", held_out=pl.lit(value=True))
    dealt = [fingerprints.of_held_out(mixed.gather_every(shards, offset), marked, POLICY.n) for offset in range(shards)]
    asked = fingerprints.of_benchmarks([OWN_BENCHMARK], POLICY.n)
    table = index.build([*dealt, asked, asked], POLICY.common)
    assert table.equals(table_of(held, benchmarks=[OWN_BENCHMARK]))
    none = files.select("blob_id", held_out=pl.lit(value=False))
    whole = judgement.facts(files, none, table)
    parts = [judgement.facts(files.gather_every(shards, offset), none, table) for offset in range(shards)]
    assert pl.concat(parts).sort("blob_id").equals(whole)


def test_a_threshold_reads_no_text():
    """The same facts decide under another policy; half an item is too much where half is the threshold."""
    half = program(7, functions=8).split("def ")
    table = table_of(one(program(7, functions=8)))
    files = source_file("def ".join(half[: len(half) * 2 // 3]))
    facts = judgement.facts(files, files.select("blob_id", held_out=pl.lit(value=False)), table)
    assert judgement.stage(POLICY).decide(facts)["kept"].all()
    strict = Decontamination(gram_share=0.4)
    assert judgement.stage(strict).decide(facts)["reasons"].to_list() == [[judgement.RULES[1].reason]]


def test_without_an_index_nothing_is_measured():
    """The stage alone cannot compare, and says so; an empty index has no matches."""
    with pytest.raises(judgement.IndexNeededError, match="1 files"):
        judgement.stage(POLICY).facts(source_file())
    assert verdict_on(program(1), table_of(one("").clear()))["kept"]
    assert judge(source_file().clear(), table_of(one(program(1)))) == {}


def test_an_unknown_standing_is_not_passed_over():
    """A contaminated file that the table of held-out files does not know is rejected for that."""
    table, files = table_of(one(program(1))), source_file(program(1) + "\n")
    facts = judgement.facts(files, files.select("blob_id", held_out=pl.lit(value=False)).clear(), table)
    assert not judgement.stage(POLICY).decide(facts)["kept"].any()


def test_languages_of_one_family_are_compared():
    """A C file held out is found in a C++ file, and not looked for in a Go file."""
    text = "\n".join(
        f"int part{number}(int a, int b) {{ int total{number} = a * {number}; return total{number} + b; }}"
        for number in range(12)
    )
    table = table_of(source_file(text, language="C", repository="held/c"))
    found = {language: judge(source_file(text + " ", language=language), table) for language in ("Cpp", "Go")}
    assert {language: next(iter(rows.values()))["kept"] for language, rows in found.items()} == {
        "Cpp": False,
        "Go": True,
    }


def test_a_conversation_is_compared_like_a_file():
    """A block of code in an answer is compared with its structure too; the row stands for the conversation."""
    table = table_of(one(program(4)))
    answer = f"Here is how I would write it, with the helpers first:\n\n```python\n{renamed(program(4))}```\nI hope it helps.\n"
    texts = pl.DataFrame({"text_id": ["a", "b"], "language": ["Python"] * 2, "text": [answer, "It's fine."]})
    blocks = with_code_blocks(texts)
    assert blocks["text_id"].to_list() == ["a", "b", "a"]
    found = matches(blocks, table)
    assert found["text_id"].to_list() == ["a"]
    assert found["match"].struct.field("structure_share").to_list() == [1.0]


def test_every_long_solution_of_human_eval_is_caught():
    """Planted into a file, verbatim; and with other names under its signature."""
    if not HUMAN_EVAL.is_file():
        pytest.skip(f"{HUMAN_EVAL} is not there")
    parts = fingerprints.of_benchmarks([HUMAN_EVAL], POLICY.n)
    table = index.build([parts], POLICY.common)
    texts = {}
    for item, part, _, text in fingerprints.benchmark_files.read(HUMAN_EVAL):
        texts.setdefault(item, {})[part] = text
    sizes = dict(parts.filter(pl.col("part") == "solution").select("item", "tokens").iter_rows())
    long = [item for item in texts if sizes[item] >= POLICY.least_tokens]
    assert len(long) > 100
    ways = {
        "verbatim": [f"{program(1)}\ndef work(values):\n{texts[item]['solution']}" for item in long],
        "renamed": [f"{program(1)}\n{renamed(texts[item]['program'])}" for item in long],
    }
    for planted in ways.values():
        for item, text in zip(long, planted, strict=True):
            assert verdict_on(text, table)["detail"].startswith("HumanEval/"), item
    assert verdict_on(program(1), table)["kept"]
