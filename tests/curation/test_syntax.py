"""Syntax: tree-sitter for all, Python's own parser for Python, tolerance where a grammar is wrong about valid code."""

import pytest

from alchemy_assets.curation import syntax
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
BROKEN = {language: text + "((((((((\n" for language, text in VALID.items() if language != "Markdown"}


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
    assert judged("print 'a'\n")["reasons"] == ["Python does not parse it"]


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
