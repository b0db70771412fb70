"""Redaction: secrets, addresses and names become reserved values by recorded edits, and everything else stays."""

import json
import os
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets import syntax_tree
from alchemy_assets.curation import redaction
from alchemy_assets.curation.edits import edited, overlap
from alchemy_assets.curation.redaction import judging
from alchemy_assets.curation.redaction.prefilter import FAMILIES
from alchemy_assets.languages import LANGUAGES
from tests.builders import PROGRAM, source_file
from tests.curation import redaction_cases

CASES = redaction_cases.cases()
KEY = "A7fK29dLq0Zx8RwT5bVn"
# Pieces that stand beside each other in no sensible file, so that findings touch.
PIECES = st.one_of(
    st.sampled_from(CASES).map(lambda case: case.text),
    st.sampled_from(
        (
            *(
                "\n",
                " ",
                '"',
                "'",
                "@",
                ":",
                "://",
                "=",
                "password=",
                "Author: ",
                "\\n",
                "<",
                ">",
                ".",
                "/",
                "EXAMPLE",
                "é",
            ),
            *("user@example.com", "192.0.2.1", "2001:db8::1", "Jane Doe", "jdoe", "-----BEGIN PRIVATE KEY-----", KEY),
        )
    ),
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)


def redacted(text):
    """The text after its edits."""
    return edited(text, redaction.edits_of(text))


def judged(text, language="Python"):
    """The verdict of one file as a row."""
    return redaction.stage().judge(source_file(text, language=language)).row(0, named=True)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("# mail jo@norddata.dk or ed@quay.io, not jo@norddata.dk\n", "# mail user@example.com or user2@example.com, not user@example.com\n"),
        ('HOST = "54.186.23.117"\n', 'HOST = "192.0.2.1"\n'),
        ('V6 = "2a01:4f8:c17:b8f::2"\n', 'V6 = "2001:db8::1"\n'),
        ("# Author: Petra Lindqvist\n", "# Author: Jane Doe\n"),
        (" * @author nightowl77\n", " * @author jdoe\n"),
        (f'api_key = "{KEY}"\n', 'api_key = "EXAMPLEEXAMPLEEXAMPL"\n'),
        (f'api_key = "{KEY}"; secret = "{KEY[::-1]}"\n', 'api_key = "EXAMPLEEXAMPLEEXAMPL"; secret = "EXAMPLEEXAMPLEEXAMP2"\n'),
        (f'token = "{"3f9a07c2" * 4}"\n', f'token = "{"0123456789abcdef" * 2}"\n'),
        ('t = "gh' + f'p_{KEY[:18]}{KEY[:18]}"\n', 't = "ghp_EXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLEE"\n'),
        ("# Copyright (c) 2019 Dana Whitfield <dana@whitfield.me>\n", "# Copyright (c) 2019 Dana Whitfield <user@example.com>\n"),
        ('s = "\\nolga@stroyka.ru"\n', 's = "\\nuser@example.com"\n'),
        ("# user@example.com\n# jo@norddata.dk\n", "# user@example.com\n# user2@example.com\n"),
    ],
)  # fmt: skip
def test_a_reserved_value_of_the_same_shape_stands_instead(before, after):
    """Equal values stay equal, different ones different, in the order of their first appearance."""
    assert redacted(before) == after


@pytest.mark.parametrize(
    "line",
    [
        'KEX = "curve25519-sha256@libssh.org"',
        'CIPHER = "chacha20-poly1305@openssh.com"',
        "aliases = [b\"one@example.com\", b'two@example.net']",
        'File "foo-bar@baz.py", line 2',
        'oid = ObjectIdentifier("1.3.101.112")',
        'METADATA = "http://168.63.129.16/"',
        "    private_key: x25519.X25519PrivateKey",
        '    "AWS::IAM::AccessKey": "62d91b17309e76c8",',
        "The contents before '-----BEGIN RSA PRIVATE KEY-----' and '-----END RSA PRIVATE KEY-----' are kept.",
        "# Pass `capsize=0` to disable caps.",
        "<book><author>Tom Clancy</author></book>",
        "# written by Sun Microsystems, Inc.",
    ],
)
def test_what_once_was_damaged_stays(line):
    """Constants of real programs that looked like secrets, addresses or people."""
    assert redacted(line) == line


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("b = b'jo@norddata.dk'", "b = b'user@example.com'"),
        ("__author__ = 'Victor Olaya'", "__author__ = 'Jane Doe'"),
        ("/* Written by Dejan Dimovski. */", "/* Written by Jane Doe. */"),
    ],
)
def test_quotes_and_full_stops_stay(line, after):
    """What stands around a finding is none of it."""
    assert redacted(line) == after


def test_a_private_key_keeps_its_frame():
    """Frame, headers, quotes, escapes and the length of every line stay."""
    body = "".join(KEY[::-1] + KEY for _ in range(2))[:64]
    pem = f'K = """-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\n{body}\n{body[:10]}==\n-----END RSA PRIVATE KEY-----"""\n'
    after = redacted(pem)
    assert body[:8] not in after
    assert [len(line) for line in after.split("\n")] == [len(line) for line in pem.split("\n")]
    assert "Proc-Type: 4,ENCRYPTED" in after
    assert "EXAMPLEEXA==" in after


def test_a_verdict_counts_each_kind():
    """Signals count the edits, and the detail names the first one's line."""
    verdict = judged("é = 1\n# jo@norddata.dk at 54.186.23.117\n")
    assert verdict["kept"]
    assert verdict["detail"] == "line 2"
    assert {name: count for name, count in verdict["signals"].items() if count} == {
        "emails": 1, "ip_addresses": 1, "redacted": True, "parses_as_before": True, "lines": 3,
    }  # fmt: skip
    assert verdict["edits"][0] == {"start": 9, "end": 23, "replacement": "user@example.com", "kind": "email"}


@pytest.mark.parametrize(
    ("line", "times", "reason"),
    [
        ("api_key = '{b40}'\n", 51, "it holds many secrets"),
        ("mail('{L1}{a12}@norddata.dk')\n", 201, "it holds many addresses of people and machines"),
    ],
)
def test_a_dump_is_rejected(line, times, reason):
    """One more secret or address than a program has, and the file is data."""
    draw = redaction_cases.random.Random(times)
    text = "".join(redaction_cases.filled(line, draw) for _ in range(times))
    assert judged(text)["reasons"] == [reason]
    assert judged(text.split("\n", 1)[1])["kept"]


def test_what_edits_leave_open_is_rejected():
    """Where the text after its edits gives new findings (a made value that reads like an address), the file goes."""
    text = redaction_cases.filled("apiSecret: '{x32},,takt@blumen-weber.de'\n", redaction_cases.random.Random(1))
    assert judged(text, "Markdown")["reasons"] == ["its secrets cannot be taken out"]


def test_no_file_is_judged_like_any_number():
    """An empty frame gives an empty table."""
    assert redaction.stage().judge(source_file().clear()).is_empty()


def test_a_program_without_secrets_stays():
    """Nothing is found in an ordinary program."""
    verdict = judged(PROGRAM)
    assert (verdict["kept"], verdict["edits"], verdict["detail"]) == (True, [], "")


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_redacting_once_is_enough(text):
    """Whatever stands together: edits neither overlap nor add or take lines, and a kept text has nothing left to edit."""
    edits = redaction.edits_of(text)
    assert not overlap(edits)
    after = edited(text, edits)
    assert after.count("\n") == text.count("\n")
    if judged(text, "Markdown")["signals"]["redacted"]:
        assert redaction.edits_of(after) == []


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from(CASES), min_size=1, max_size=6).map(lambda cases: "\n".join(case.text for case in cases))
)
def test_lines_of_real_shape_are_always_taken_out(text):
    """Cases on lines of their own never need a rejection."""
    assert redaction.edits_of(redacted(text)) == []


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_a_redacted_file_parses_as_well_as_before(language):
    """The cases of a language, one after the other, have no more errors after their edits than before."""
    for case in CASES:
        if case.language == language:
            before = syntax_tree.errors(syntax_tree.parse(language, case.text.encode()))
            after = syntax_tree.errors(syntax_tree.parse(language, redacted(case.text).encode()))
            assert after <= before, case.text


def test_the_order_and_company_of_files_change_nothing():
    """A file's edits are its own: alone, in any order and beside any other the verdict is the same."""
    files = pl.concat([source_file(case.text, language=case.language) for case in CASES]).unique("blob_id")
    together = redaction.stage().judge(files)
    assert redaction.stage().judge(files.sample(fraction=1, shuffle=True, seed=7)).equals(together)
    alone = pl.concat([redaction.stage().judge(file) for file in files.head(40).iter_slices(1)])
    assert alone.sort("blob_id").equals(together.join(alone.select("blob_id"), on="blob_id", how="semi"))


def test_the_prefilter_misses_nothing():
    """Every detector over every line of every case finds what it finds on the marked lines."""
    for case in CASES:
        at, lines = 0, []
        for line in case.text.split("\n"):
            lines.append(judging.MarkedLine(at, line, frozenset(FAMILIES)))
            at += len(line.encode()) + 1
        assert judging._edits(case.text, lines) == redaction.edits_of(case.text), case.text


def test_long_lines_cost_time_in_proportion():
    """A line of a megabyte with ten thousand addresses is done in seconds."""
    text = ", ".join(f"a{number}@norddata.dk from 54.186.{number % 200 + 50}.117" for number in range(10_000))
    assert len(redaction.edits_of(text)) == 20_000


def test_importing_loads_no_scanner():
    """detect-secrets (and with it requests) is imported when a line is first looked at, not with the module."""
    program = (
        "import sys; from alchemy_assets.curation import redaction; "
        "assert not {'detect_secrets', 'requests'} & set(sys.modules), 'loaded'"
    )
    subprocess.run([sys.executable, "-c", program], check=True, env=os.environ | {"PYTHONPATH": "."})


@pytest.mark.parametrize("held_back", [False, True])
def test_recall_and_precision_hold(held_back):
    """On the labelled lines each kind is found and nothing else is; `pytest -s` shows the figures."""
    for row in redaction_cases.figures(held_back=held_back):
        sys.stdout.write(json.dumps(row) + "\n")
        assert row["recall"] >= 0.95, row
        assert row["precision"] >= 0.95, row


def test_the_labelled_set_is_large_enough():
    """At least 300 things to find and 300 cases with nothing to find, in all fifteen languages."""
    assert sum(len(case.expected) for case in CASES) >= 300
    assert sum(not case.expected for case in CASES) >= 300
    for chosen in ([case for case in CASES if case.expected], [case for case in CASES if not case.expected]):
        assert {case.language for case in chosen} == set(LANGUAGES)


def test_a_secret_goes_wherever_it_stands_in_its_file():
    """Once a name has told it, its other places are edited alike, and words that only hold it are not."""
    secret = "Zx9" + "!kfj2Lw"
    text = f"password = '{secret}'\nlogin('kim', '{secret}')\nother = 'a{secret}'\n"
    after = edited(text, redaction.edits_of(text))
    assert after.count(secret) == 1
    assert f"'a{secret}'" in after


@pytest.mark.parametrize("line", ["y = X@self.info + 1", "loss = W@self.in", "z = q@cls.name.id"])
def test_a_product_of_matrices_is_no_address(line):
    """An attribute of the object itself is no domain."""
    assert redaction.edits_of(line + "\n") == []


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "text",
    [
        "password" + "1" * 40 + " x = 9\n",
        'author="a ' * 20_000,
        "PuTTY-User-Key-File-2 Private-Lines: 1 " * 2_000,
        "-----BEGIN RSA PRIVATE KEY-----\n" * 3_000,
    ],
    ids=["digits", "authors", "putty", "begin"],
)
def test_no_text_takes_for_ever(text):
    """What repeats the beginning of a pattern is read in time that grows with its length."""
    assert redaction.stage().judge(source_file(text)).height == 1
