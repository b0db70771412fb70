"""The language of a blob: labels before names, names before shebangs, shebangs before contents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.corpora.detection import Detected, Evidence, detect
from alchemy_assets.languages import LANGUAGES


def by_path(path: str, text: str = "x") -> Detected | None:
    """The language of a file that is known by its path and text alone."""
    return detect([Evidence("", path)], text.encode())


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        (language.name, suffix)
        for language in LANGUAGES.values()
        for suffix in language.suffixes
        if suffix not in (".h", ".inc")
    ],
)
def test_every_suffix_names_its_language(name, suffix):
    """A suffix decides, in any case of letters."""
    assert by_path(f"src/a{suffix}") == by_path(f"src/A{suffix.upper()}") == Detected(name, "suffix")


@pytest.mark.parametrize(
    ("path", "language"),
    [("Rakefile", "Ruby"), ("a/README", "Markdown"), ("SConstruct", "Python"), (".bashrc", "Shell")],
)
def test_whole_names_decide(path, language):
    """Some files are known by their whole name."""
    assert by_path(path) == Detected(language, "file name")


@pytest.mark.parametrize("path", ["a.txt", "a.hs", "Makefile", "a", "", ".py", "a.m", "a.json", "a."])
def test_other_names_are_no_language(path):
    """A suffix of another language, none at all, or a hidden file named like a suffix, say nothing."""
    assert by_path(path) is None


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("#!/bin/sh", "Shell"),
        ("#! /bin/bash -eu", "Shell"),
        ("#!/usr/bin/env python3", "Python"),
        ("#!/usr/bin/env -S PYTHONPATH=. python3.11 -u", "Python"),
        ("#!/usr/local/bin/node", "JavaScript"),
        ("#!/usr/bin/env ts-node", "TypeScript"),
        ("\ufeff#!/usr/bin/php8.2", "PHP"),
    ],
)
def test_a_shebang_decides_where_no_name_does(line, language):
    """The interpreter in the first line is the language, without path, version, options or environment."""
    assert by_path("bin/run", f"{line}\nx\n") == Detected(language, "shebang")


@pytest.mark.parametrize("line", ["#!/usr/bin/perl", "#!", "#!/usr/bin/env", "#!/usr/bin/env -S A=1", "text #!/bin/sh"])
def test_other_first_lines_decide_nothing(line):
    """Another interpreter, none, or a shebang that is not at the start is no evidence."""
    assert by_path("bin/run", f"{line}\n") is None


def test_a_suffix_beats_a_shebang():
    """A Ruby file that a shell starts is Ruby."""
    assert by_path("a.rb", "#!/bin/sh\nexec ruby -x $0\n") == Detected("Ruby", "suffix")


def test_a_template_is_not_source():
    """A shebang means nothing in a file whose suffix says that it is a template, or Cython."""
    assert by_path("run.sh.in", "#!/bin/sh\n") is by_path("a.pyx", "#!/usr/bin/python\n") is None


@pytest.mark.parametrize(
    ("label", "language"),
    [
        ("Python", "Python"),
        ("C++", "Cpp"),
        ("c#", "CSharp"),
        ("C-Sharp", "CSharp"),
        ("Type Script", "TypeScript"),
        ("golang", "Go"),
    ],
)
def test_a_label_beats_a_name(label, language):
    """What a corpus says is believed over the file's own name, in its usual spellings."""
    assert detect([Evidence(label, "a.rb")], b"x") == Detected(language, "label")


def test_a_label_of_another_language_is_none():
    """A header that its corpus calls Objective-C is not C."""
    assert detect([Evidence("Objective-C", "a.h")], b"int x;") is None


@pytest.mark.parametrize("label", ["", "unknown", "None", "nan"])
def test_an_empty_label_is_no_label(label):
    """A label that says that it does not know is passed over."""
    assert detect([Evidence(label, "a.py")], b"x") == Detected("Python", "suffix")


@pytest.mark.parametrize(
    "text",
    [
        "class Foo : public Bar {\n};\n",
        "namespace a::b {\n}\n",
        "template <typename T>\nT f(T);\n",
        "std::string f();\n",
        "#include <vector>\nint f();\n",
        "struct A {\n public:\n  int x;\n};\n",
        "// -*- C++ -*-\nint f();\n",
        "#ifndef __cplusplus\n#error no\n#endif\nusing namespace x;\n",
    ],
)
def test_a_header_with_cpp_in_it_is_cpp(text):
    """A header is C++ if something in it is nothing but C++."""
    assert by_path("a.h", text) == Detected("Cpp", "content")


@pytest.mark.parametrize(
    "text",
    [
        "int f(void);\n",
        '#ifdef __cplusplus\nextern "C" {\nclass A;\n#endif\nint f(int);\n#ifdef __cplusplus\n}\n#endif\n',
        "#ifndef __cplusplus\nint f(int);\n#else\nnamespace x {\n}\n#endif\n",
        "/* class Foo {\n   std::vector is what C++ has */\nint f(int);\n",
        "/* -*- Mode: C; tab-width: 4 -*- */\nint class_of(int);\n",
        'char *s = "std::string";\n',
        "/* unclosed\nclass A {",
        "",
    ],
)
def test_a_header_without_is_c(text):
    """C++ in comments, strings or `__cplusplus` guards does not make a header C++."""
    assert by_path("a.h", text) == Detected("C", "content")


@pytest.mark.parametrize(
    "text", ["@interface Foo : NSObject\n@end\n", "#import <UIKit/UIKit.h>\n", '#import "Foo.h"\n']
)
def test_an_objective_c_header_is_no_language(text):
    """Objective-C is none of the fifteen."""
    assert by_path("a.h", text) is None


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.ts", '<?xml version="1.0"?>\n<!DOCTYPE TS>\n<TS version="2.1">'),
        ("a.ts", "<!DOCTYPE TS><TS></TS>"),
        ("a.tsx", '<tileset name="x">'),
        ("a.rs", '<?xml version="1.0"?><rss/>'),
        ("a.rs", "// a script\n#pragma version(1)\n#pragma rs java_package_name(x)\n"),
        ("a.cs", "'From Squeak3.7 of 4 September 2004'!"),
        ("a.md", ';; Machine description\n(define_insn "add"'),
        ("a.sql", '<?xml version="1.0"?>'),
        ("a.php", "<?hh\nfunction f(): int {}\n"),
        ("a.inc", "mov ax, bx\n"),
        ("a.inc", "#include <stdio.h>\n"),
    ],
)
def test_a_text_that_contradicts_its_suffix_is_no_language(path, text):
    """Qt's translations, RenderScript, Smalltalk, GCC's machine descriptions and Hack only share a suffix with us."""
    assert by_path(path, text) is None


def test_php_is_seen_by_its_opening():
    """`.inc`, and a file without a suffix, are PHP if they open it."""
    assert by_path("a.inc", "<html><?php echo 1;") == by_path("index", "<?php echo 1;") == Detected("PHP", "content")


def test_utf16_is_looked_into():
    """A file in UTF-16 is looked at as text, not as bytes."""
    assert detect([Evidence("", "a.h")], "class A {\n};\n".encode("utf-16")) == Detected("Cpp", "content")


def test_the_strongest_evidence_of_all_occurrences_decides():
    """One occurrence with a name beats many without; among names, the more frequent language, then the smaller path."""
    shebang = b"#!/bin/sh\n"
    assert detect([Evidence("", "b/run"), Evidence("", "c/run"), Evidence("", "a.py")], shebang) == ("Python", "suffix")
    assert detect([Evidence("", "a.rb"), Evidence("", "b.py"), Evidence("", "c.py")], b"x") == ("Python", "suffix")
    assert detect([Evidence("", "b.rb"), Evidence("", "a.py")], b"x") == ("Python", "suffix")


evidence = st.builds(
    Evidence,
    st.sampled_from(["", "", "Python", "C", "Haskell"]),
    st.sampled_from(["a.py", "b.rb", "c.h", "run", "Rakefile", "d.txt", "e.py", ""]),
)


@given(st.lists(evidence, max_size=6), st.sampled_from([b"x", b"#!/bin/sh\n", b"class A {\n"]), st.randoms())
def test_the_order_of_occurrences_does_not_matter(occurrences, data, random):
    """Shuffled occurrences give the same language by the same evidence."""
    shuffled = list(occurrences)
    random.shuffle(shuffled)
    assert detect(occurrences, data) == detect(shuffled, data)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "unit",
    [
        "/*",
        "/",
        '"',
        "'",
        '"\\\n',
        "namespace ",
        "class A ",
        "operator ",
        " ",
        "\t#",
        "#if a\n",
        "template",
        "-*- a",
        "constexpr a ",
        "\\",
        "!",
    ],
)
@pytest.mark.parametrize("path", ["a.h", "a.rs", "a.cs", "a.md", "a.sql", "run"])
def test_hostile_text_costs_no_time(path, unit):
    """Text made to make patterns backtrack is looked at in linear time."""
    by_path(path, unit * (300_000 // len(unit)) + "x")
