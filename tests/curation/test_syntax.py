"""Syntax: tree-sitter for all, the language's own parser where it is at hand, tolerance where a grammar is wrong."""

import ast
import shutil
import warnings

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets import syntax_tree
from alchemy_assets.curation import native_parsers, syntax
from alchemy_assets.curation.blind_spots import blanked
from tests.builders import PROGRAM, source_file

VALID = {
    "C": "int main(void) { return 0; }\n",
    "CSharp": "class A { static void Main() { } }\n",
    "Cpp": "int main() { return 0; }\n",
    "Go": "package main\n\nfunc main() {}\n",
    "Java": "class A { void run() { } }\n",
    "JavaScript": "const f = (a) => a + 1;\n",
    "Markdown": "# Title\n\n* a\n",
    "PHP": "<?php\nfunction f($a) { return $a; }\n",
    "Python": PROGRAM,
    "Ruby": "def f(a)\n  a\nend\n",
    "Rust": "fn main() { let x = 1; }\n",
    "SQL": "SELECT a FROM b WHERE c = 1;\n",
    "Shell": "for i in 1 2; do echo $i; done\n",
    "Swift": "func f(a: Int) -> Int { return a }\n",
    "TypeScript": "const f = (a: number): number => a;\n",
}
BROKEN = {language: text + "(" * 200 + "\n" for language, text in VALID.items() if language != "Markdown"}


def judged(text, language="Python", path="a.py"):
    """The verdict of one file as a row."""
    return syntax.stage().judge(source_file(text, language=language, path=path)).row(0, named=True)


@pytest.mark.parametrize("language", sorted(VALID))
def test_valid_code_passes(language):
    """A small valid file of each language has no error."""
    verdict = judged(VALID[language], language)
    assert verdict["kept"]
    assert verdict["signals"]["error_nodes"] == 0


@pytest.mark.parametrize("language", sorted(BROKEN))
def test_broken_code_goes(language):
    """Open brackets at the end of a small file are an error in every language but Markdown."""
    verdict = judged(BROKEN[language], language)
    assert not verdict["kept"]
    assert verdict["signals"]["error_share"] > 0


def test_the_first_error_is_named_by_its_line():
    """The detail of a rejected Python file is what Python says, with the line."""
    assert judged("x = 1\ny = = 2\n")["detail"] == "line 2: invalid syntax"


def test_a_missing_token_counts_though_it_has_no_bytes():
    """A brace that tree-sitter supplies itself is an error of one byte."""
    found = syntax.errors_in("Java", b"class A { void run() { }")
    assert (found.error_nodes, found.error_share > 0, found.first_line) == (1, True, 1)


def test_python_2_is_not_python():
    """A print statement is fine for the grammar, and an error for Python 3."""
    assert judged("print 'a'\n")["reasons"] == ["its language's own parser refuses it"]


def test_macros_excuse_what_a_grammar_cannot_see():
    """An unknown macro in a C file of some length is tolerated; the same slip without macros is not."""
    body = "".join(f"int f{at}(int a)\n{{\n    return a + {at};\n}}\n\n" for at in range(20))
    assert judged("LIB_API_BEGIN\n" + body + "int g(void) LIB_THROW { return 1; }\n", "C")["kept"]
    assert not judged(body + "int g(void) throwing { return 1 }\n", "C")["kept"]


def test_a_tsx_file_gets_its_own_grammar():
    """Markup in TypeScript parses where the path says so."""
    text = "const view = <div>{name}</div>;\n"
    assert judged(text, "TypeScript", "view.tsx")["kept"]
    assert not judged(text, "TypeScript", "view.ts")["kept"]


def test_a_blob_under_two_suffixes_is_judged_by_the_grammar_that_fits():
    """A type assertion in angle brackets is fine in .ts and an error in .tsx: under both names it is kept."""
    two = [{"path": "a.tsx"}, {"path": "a.ts"}]
    files = source_file("const a = <number>b;\n", language="TypeScript", occurrences=two)
    assert syntax.stage().judge(files)["kept"].to_list() == [True]
    assert not judged("const a = <number>b;\n", "TypeScript", "a.tsx")["kept"]


@pytest.mark.parametrize(
    "text", ["(" * 20_000, "-" * 50_000 + "1", "x = [" * 3_000, "a\0b\n", "\ufeffx = 1\n", "", "\\"]
)
def test_hostile_text_is_judged_and_not_crashed_on(text):
    """Nesting deeper than the parser's stack, NUL, a byte order mark and an empty file all get a verdict."""
    assert judged(text)["kept"] is (text in {"\ufeffx = 1\n", ""})


def test_no_warning_of_the_judged_code_comes_out(recwarn):
    """An invalid escape in somebody's file is not our warning."""
    judged('x = "\\d"\n')
    assert not recwarn.list


REFUSED = "its language's own parser refuses it"
# Valid by the language's own parser, an error for the grammar.
GRAMMAR_IS_WRONG = {
    "JavaScript": ("node", "const a = null;\nexport { a as null };\n"),
    "Shell": ("bash", "echo $((echo foo); echo bar)\n"),
    "Go": ("gofmt", "package a\n\nvar f = (*struct{ J }).method\n"),
}
# Fine for the grammar, refused by the language's own parser.
GRAMMAR_IS_BLIND = {
    "JavaScript": ("node", "let a = 1;\nlet a = 2;\n"),
    "Go": ("gofmt", "package a\n\nfunc f() {\n\tfor {\n\t\tx := 08\n\t}\n}\n"),
    "PHP": ("php", "<?php\nclass A { abstract abstract function f(); }\n"),
    "Ruby": ("ruby", "def f(a, a)\nend\n"),
    "Shell": ("bash", "#!/bin/bash\nf() {}\n"),
}


@pytest.fixture
def nothing_at_hand(monkeypatch):
    """A machine without any parser but Python's."""
    monkeypatch.setattr(native_parsers, "at_hand", lambda _: None)


@pytest.mark.parametrize("language", sorted(GRAMMAR_IS_WRONG))
def test_what_the_own_parser_takes_is_kept(language):
    """Its word outweighs the grammar's errors, which stay on record."""
    command, text = GRAMMAR_IS_WRONG[language]
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    verdict = judged(text, language)
    assert (verdict["kept"], verdict["signals"]["native_parses"]) == (True, True)
    assert verdict["signals"]["error_share"] > syntax.TOLERATED.get(language, 0)
    assert verdict["signals"]["native_parser"].startswith(f"{command} ")


@pytest.mark.parametrize("language", sorted(GRAMMAR_IS_BLIND))
def test_what_the_own_parser_refuses_goes(language):
    """A stricter parser rejects what the grammar takes, and says where."""
    command, text = GRAMMAR_IS_BLIND[language]
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed")
    verdict = judged(text, language)
    assert REFUSED in verdict["reasons"]
    assert verdict["signals"]["native_parses"] is False
    assert verdict["detail"].startswith("line ")


@pytest.mark.usefixtures("nothing_at_hand")
@pytest.mark.parametrize("language", sorted(GRAMMAR_IS_BLIND))
def test_without_the_own_parser_the_grammar_decides(language):
    """No parser at hand leaves two nulls and rejects nobody; the grammar's own errors still do."""
    blind = judged(GRAMMAR_IS_BLIND[language][1], language)
    assert REFUSED not in blind["reasons"]
    assert (blind["signals"]["native_parser"], blind["signals"]["native_parses"]) == (None, None)
    if language in GRAMMAR_IS_WRONG:
        assert judged(GRAMMAR_IS_WRONG[language][1], language)["reasons"] == ["it does not parse"]


def test_python_is_always_judged_by_python(monkeypatch):
    """Its own parser is the one that runs this program, and its version is among the facts."""
    assert judged("x = 1\n")["signals"]["native_parser"] == syntax.PYTHON
    monkeypatch.setattr(shutil, "which", lambda _: None)
    native_parsers._find.cache_clear()
    assert syntax.parsers_at_hand() == {"Python": syntax.PYTHON}
    native_parsers._find.cache_clear()


@pytest.mark.parametrize("markup", ["<a>{b}</a>", "<A b={c} />", "<></>"])
def test_jsx_is_not_for_node(markup):
    """A file with JSX is judged by the grammar alone: node's refusal says nothing about it."""
    verdict = judged(f"const view = () => {markup};\n", "JavaScript", "view.jsx")
    assert verdict["kept"]
    assert (verdict["signals"]["native_parser"], verdict["signals"]["native_parses"]) == (None, None)
    assert not judged(f"const view = () => {markup[:-1]};\n", "JavaScript", "view.jsx")["kept"]


@pytest.mark.parametrize(
    ("text", "paths", "for_bash"),
    [
        ("#!/bin/sh\n", ["a.zsh"], True),
        ("#!/usr/bin/env bash\n", [], True),
        ("#!/bin/dash -e\n", ["a"], True),
        ("#!/usr/bin/env zsh\n", ["a.sh"], False),
        ("#! /bin/ksh93\n", ["a.sh"], False),
        ("echo\n", ["a.sh"], True),
        ("echo\n", [], True),
        ("echo\n", [None], True),
        ("echo\n", ["x/fish.sh"], True),
        ("echo\n", ["home/.zshrc"], False),
        ("echo\n", ["a.zsh", "b.ksh"], False),
        ("echo\n", ["a.zsh", "a.sh"], True),
    ],
)
def test_other_shells_scripts_are_not_for_bash(text, paths, for_bash):
    """The `#!` line decides, without one the names: bash is asked unless all of them name another shell."""
    assert syntax.is_for_bash(text, paths) is for_bash


def test_a_zsh_script_that_bash_refuses_is_kept():
    """Glob qualifiers are zsh's; bash has no say there."""
    verdict = judged("#!/bin/zsh\nfor f (*.c) print $f\nfor g (*.h) print $g\n" + "echo a\n" * 2000, "Shell", "a.zsh")
    assert verdict["signals"]["native_parser"] is None
    assert REFUSED not in verdict["reasons"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("C", "int JNICALL f(int a)\n{\n    return a;\n}\n"),
        ("Rust", "fn f() -> Result<u8, E> {\n    let a = try!(g());\n    Ok(a)\n}\n"),
        ("SQL", "CREATE TABLE a (b int);\nCOPY a (b) FROM stdin;\n1\n2\n\\.\n\\echo done\nSELECT b FROM a;\n"),
        ("TypeScript", 'export declare const a: import("b").C<D>;\n'),
        ("TypeScript", 'export type * from "./a";\n'),
        ("TypeScript", "interface A<in out T> { a: T }\n"),
        ("TypeScript", "interface A {\n  (a: B): Map<C, D>\n  <T>(a: T): T\n}\n"),
    ],
)
def test_known_blind_spots_of_a_grammar_are_no_errors(language, text):
    """Valid code that the grammar cannot read has errors by itself, and none in the verdict."""
    assert syntax.errors_in(language, text.encode()).error_nodes > 0
    verdict = judged(text, language, "a.x")
    assert (verdict["kept"], verdict["signals"]["error_nodes"]) == (True, 0)


@settings(max_examples=60, deadline=None)
@given(
    language=st.sampled_from(["C", "Cpp", "Rust", "SQL", "TypeScript", "Java"]),
    text=st.lists(
        st.sampled_from(
            [
                "try!(a)",
                "int A_B f()",
                "\n",
                " ",
                "$$",
                "é",
                "COPY a FROM stdin;\n1\n\\.\n",
                "\\d a",
                'import("é").B',
                "<in T>",
                "  <T>(a)",
            ]
        ),
        max_size=12,
    ).map("".join),
)
def test_blanking_moves_nothing(language, text):
    """Length and lines stay, so that places and shares of errors mean the file; text without such a spot is untouched."""
    source = text.encode()
    seen = blanked(language, source)
    assert [len(line) for line in seen.split(b"\n")] == [len(line) for line in source.split(b"\n")]
    assert language != "Java" or seen == source


@settings(max_examples=150, deadline=None)
@given(
    st.text(alphabet="ab=:() \n\t'\"#\\0,*", max_size=40)
    | st.sampled_from(["f(**a, *b)", "def f(a, a): 0", "global a\nb"])
)
def test_what_python_takes_its_tree_takes_too(text):
    """The quick check refuses all that `ast.parse` refuses; the little more that it refuses no Python 3 compiles."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        accepted = syntax.python_parses(text).accepted
        try:
            ast.parse(text)
        except (SyntaxError, ValueError):
            assert accepted is False
            return
        if not accepted:
            with pytest.raises(SyntaxError):
                compile(text, "file", "exec")


def test_many_languages_in_one_frame_are_judged_as_each_alone():
    """Company and order change no fact; a row's judgement does not slip to its neighbour."""
    texts = [(language, text) for source in (VALID, BROKEN) for language, text in source.items()]
    frames = [source_file(text, language=language, path="a") for language, text in texts]
    alone = pl.concat([syntax.stage().facts(frame) for frame in frames]).sort("blob_id")
    assert syntax.stage().facts(pl.concat(frames)).equals(alone)
    assert syntax.stage().facts(pl.concat(frames[::-1])).equals(alone)
    assert syntax.stage().facts(frames[0].clear()).height == 0


def test_jsx_is_seen_in_the_tree_only():
    """Less-than signs and strings with tags are no markup."""
    assert not syntax.has_jsx("if (a < b) { c = '<div></div>'; }\n")
    assert syntax_tree.parse("JavaScript", b"a = <b/>;").root_node.has_error is False
