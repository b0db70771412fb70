"""A table of source text as the input: its broken rows are listed, its good ones are used."""

import json

from alchemy_assets import schema
from alchemy_assets.store import UNPARTITIONED, Store


def test_broken_lines_do_not_stop_the_good_ones(alchemy, tmp_path):
    """A line that is not JSON and one without text are rejected by their numbers; the lines around them become files."""
    rows = [
        json.dumps({"text": "SELECT a FROM b;\n", "path": "one.sql"}),
        '{"text": "cut off',
        json.dumps({"path": "no_text.sql", "stars": 3}),
        json.dumps({"text": "SELECT c FROM d;\n", "path": "two.sql"}),
        json.dumps({"text": "SELECT c FROM d;\n", "path": "two.sql"}),
    ]
    (tmp_path / "rows.jsonl").write_text("\n".join(rows))
    said = alchemy("run", "--path", "rows.jsonl", "--workspace", "rows", "--shards", "1")
    assert said.code == 0, said.text
    store = Store.of_workspace(tmp_path / "rows")
    rejected = store.read("rejected_inputs", UNPARTITIONED, schema.REJECTED_INPUTS)
    assert dict(zip(rejected["location"], rejected["reason"], strict=True)) == {
        "rows.jsonl:2": "not a JSON object",
        "rows.jsonl:3": "text is missing",
    }
    counts = store.open("local_index", UNPARTITIONED).counts
    assert [counts[name] for name in ("inputs", "occurrences", "repeated", "rejected_inputs")] == [5, 2, 1, 2]
    assert "5 looked at: 3 are source (2 different files), 2 are not" in said.out
