"""How lines begin in each language: comments, imports, output, assertions, types and functions, and bodies with nothing in them.

Belongs here: the words, as a typed table. Does not: finding them (`lines`).
A beginning stands without its indentation and has at most sixteen bytes; a newline in it is the end of the line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from alchemy_assets.languages import LANGUAGES


def _alone(*words: str) -> tuple[str, ...]:
    """Words that are a whole statement: the line ends behind them, or a comment follows."""
    return tuple(word + end for word in words for end in ("\n", "\r", ";", "  #", " #"))


@dataclass(frozen=True)
class LineWords:
    """How lines of one language begin.

    comments: a comment to the end of the line. blocks: what opens a comment of several lines, and what closes it.
    imports: bringing in, handing on or naming modules. prints, asserts: output and assertions. directives: the preprocessor.
    types: what has members rather than a body. functions: definitions of functions, where a word begins them; otherwise every
    line that opens a brace and is no type counts. stubs: the only statement of a body that was never written. bodies: whether
    they end with a line of their own (a brace, `end`), or with their indentation.
    """

    comments: tuple[str, ...] = ("//",)
    blocks: tuple[tuple[str, str], ...] = (("/*", "*/"),)
    imports: tuple[str, ...] = ()
    prints: tuple[str, ...] = ()
    asserts: tuple[str, ...] = ("assert",)
    directives: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    stubs: tuple[str, ...] = ()
    bodies: Literal["closed", "indented"] = "closed"


_THROWN = (
    "throw new NotImp",  # NotImplementedException, NotImplementedError
    "throw new Unsupp",  # UnsupportedOperationException
    "throw new NotSup",
    "throw Error('Not",
    "throw new Error(",
)
_C = LineWords(
    imports=("#include", "# include", "#import", "#pragma once", "using ", "import "),
    prints=("printf(", "printf (", "fprintf(", "puts(", "std::cout", "cout <<", "cout<<", "std::cerr"),
    asserts=("assert", "ASSERT", "EXPECT_", "REQUIRE", "CHECK(", "CHECK_", "ck_assert", "g_assert", "static_assert"),
    directives=("#", "struct ", "using "),
    types=(
        "namespace ",
        "extern ",
        "struct ",
        "class ",
        "enum ",
        "union ",
        "typedef ",
        "template",
        "public",
        "private",
    ),
    stubs=("return;", "return NULL;", "return nullptr;", "abort();"),
)
_JAVASCRIPT = LineWords(
    imports=(
        "import ",
        "import{",
        "import'",
        'import"',
        "export *",
        "export {",
        "export{",
        "export type {",
        "export type *",
        "} from ",
        "require(",
        "'use strict'",
        '"use strict"',
    ),
    prints=("console.log(", "console.info(", "console.error(", "print(", "document.write("),
    asserts=("assert", "expect(", "t.is(", "t.equal", "t.deep", "t.true", "expectType", "should("),
    types=("class ", "export class ", "export default c", "interface ", "export interface", "enum ", "namespace "),
    stubs=(*_THROWN, "return;", "return null;"),
)

LINE_WORDS: Mapping[str, LineWords] = MappingProxyType(
    {
        "C": _C,
        "Cpp": _C,
        "CSharp": LineWords(
            imports=("using ", "global using ", "extern alias ", "[assembly:", "[module:"),
            prints=("Console.Write", "System.Console.W", "Debug.Log(", "Debug.Write"),
            asserts=("Assert", "Debug.Assert(", "StringAssert", "CollectionAssert"),
            directives=("#",),
            types=(
                "namespace ",
                "class ",
                "struct ",
                "interface ",
                "enum ",
                "public ",
                "internal ",
                "sealed ",
                "partial ",
            ),
            stubs=(*_THROWN, "return null;", "return;"),
        ),
        "Go": LineWords(
            imports=("import ", "import(", "package "),
            prints=("fmt.Print", "fmt.Fprint", "log.Print", "println("),
            asserts=("assert.", "require."),
            functions=("func ",),
            stubs=('panic("not impl', 'panic("TODO', 'panic("unimple', *_alone("return nil", "return")),
        ),
        "Java": LineWords(
            imports=("import ", "package "),
            prints=("System.out.", "System.err."),
            asserts=("assert", "Assert", "verify(", "expect("),
            stubs=(*_THROWN, "return null;", "return;"),
        ),
        "JavaScript": _JAVASCRIPT,
        "Markdown": LineWords(comments=(), blocks=(("<!--", "-->"),), asserts=()),
        "PHP": LineWords(
            comments=("//", "# ", "#\n", "##"),
            imports=("use ", "require", "include", "namespace ", "<?php\n", "<?php\r", "declare(strict"),
            prints=("echo ", "print ", "print(", "printf(", "print_r(", "var_dump("),
            asserts=("assert", "$this->assert", "self::assert", "static::assert", "$this->expect", "Assert::"),
            stubs=(*_THROWN, "return null;", "return;"),
        ),
        "Python": LineWords(
            comments=("#",),
            blocks=(),
            imports=("import ", "from ", "__all__"),
            prints=("print(", "print "),
            asserts=("assert ", "assert(", "self.assert", "self.fail"),
            types=("class ",),
            functions=("def ", "async def "),
            stubs=(*_alone("pass", "..."), "raise NotImpleme"),
            bodies="indented",
        ),
        "Ruby": LineWords(
            comments=("#",),
            blocks=(("=begin", "=end"),),
            imports=("require ", "require_relative", "require(", "autoload ", "load ", "include ", "extend "),
            prints=("puts ", "puts(", "print ", "p ", "pp ", "printf"),
            asserts=("assert", "expect(", "expect {", "refute", "must_"),
            types=("class ", "module "),
            functions=("def ",),
            stubs=("raise NotImpleme", "raise 'Not impl", 'raise "Not impl'),
        ),
        "Rust": LineWords(
            imports=(
                "use ",
                "pub use ",
                "pub(crate) use ",
                "mod ",
                "pub mod ",
                "pub(crate) mod ",
                "extern crate ",
                "#![",
            ),
            prints=("println!", "print!", "eprintln!", "eprint!"),
            asserts=("assert", "debug_assert", "prop_assert"),
            types=("struct ", "pub struct", "enum ", "pub enum", "impl", "trait ", "pub trait", "mod ", "pub mod"),
            functions=(
                "fn ",
                "pub fn ",
                "pub(crate) fn ",
                "async fn ",
                "pub async fn ",
                "const fn ",
                "pub const fn ",
                "unsafe fn ",
            ),
            stubs=("unimplemented!", "todo!", "unreachable!()", 'panic!("not impl'),
        ),
        "SQL": LineWords(comments=("--",), asserts=()),
        "Shell": LineWords(
            comments=("#",),
            blocks=(),
            imports=("source ", ". "),
            prints=("echo ", "echo\n", "printf "),
            asserts=("assert",),
            stubs=_alone(":", "true"),
        ),
        "Swift": LineWords(
            imports=("import ", "@_exported ", "@testable "),
            prints=("print(", "debugPrint(", "NSLog("),
            asserts=("assert", "XCTAssert", "#expect", "precondition"),
            types=(
                "class ",
                "public class",
                "struct ",
                "public struct",
                "enum ",
                "public enum",
                "extension ",
                "protocol ",
            ),
            functions=("func ", "public func ", "private func ", "static func ", "override func ", "internal func "),
            stubs=("fatalError(", "preconditionFail"),
        ),
        "TypeScript": replace(
            _JAVASCRIPT,
            types=(*_JAVASCRIPT.types, "declare ", "export declare ", "type ", "export type ", "export namespace"),
        ),
    }
)


assert set(LINE_WORDS) == set(LANGUAGES)  # noqa: S101 -- a language without words would pass every rule about lines
