"""The 15 languages: their names, suffixes, comment syntax, grammar, and whether their programs run.

Belongs here: constants about a language that several rooms need. Does not: deciding the language of a file
(`corpora.detection`), toolchains (`sandbox.toolchains`), thresholds (`curation.thresholds`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Language:
    """One language.

    name: partition key and value of every `language` column.
    suffixes: lower-case file name endings that name it, the usual one first.
    line_comment: what starts a comment that ends with its line, or None.
    block_comment: what opens and closes a comment of several lines, or None.
    grammar: importable module of its tree-sitter grammar and the function in it.
    interpreters: names in a `#!` line that mean it.
    file_names: whole file names (lower case) that mean it.
    fence: the info string of a Markdown code block.
    runs: whether a program in it can be executed.
    """

    name: str
    suffixes: tuple[str, ...]
    line_comment: str | None
    block_comment: tuple[str, str] | None
    grammar: tuple[str, str]
    interpreters: tuple[str, ...] = ()
    file_names: tuple[str, ...] = ()
    fence: str = ""
    runs: bool = True


_C_BLOCK = ("/*", "*/")

LANGUAGES: Mapping[str, Language] = MappingProxyType(
    {
        language.name: language
        for language in (
            Language("C", (".c", ".h"), "//", _C_BLOCK, ("tree_sitter_c", "language"), fence="c"),
            Language("CSharp", (".cs", ".csx"), "//", _C_BLOCK, ("tree_sitter_c_sharp", "language"), fence="csharp"),
            Language(
                "Cpp",
                (".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".c++", ".ipp", ".inl"),
                "//",
                _C_BLOCK,
                ("tree_sitter_cpp", "language"),
                fence="cpp",
            ),
            Language("Go", (".go",), "//", _C_BLOCK, ("tree_sitter_go", "language"), fence="go"),
            Language("Java", (".java",), "//", _C_BLOCK, ("tree_sitter_java", "language"), fence="java"),
            Language(
                "JavaScript",
                (".js", ".mjs", ".cjs", ".jsx"),
                "//",
                _C_BLOCK,
                ("tree_sitter_javascript", "language"),
                interpreters=("node", "nodejs"),
                fence="javascript",
            ),
            Language(
                "Markdown",
                (".md", ".markdown", ".mdown", ".mkd"),
                None,
                ("<!--", "-->"),
                ("tree_sitter_markdown", "language"),
                file_names=("readme",),
                fence="markdown",
                runs=False,
            ),
            Language(
                "PHP",
                (".php", ".phtml", ".inc", ".php5", ".php7"),
                "//",
                _C_BLOCK,
                ("tree_sitter_php", "language_php"),
                interpreters=("php",),
                fence="php",
            ),
            Language(
                "Python",
                (".py", ".pyw", ".pyi"),
                "#",
                None,
                ("tree_sitter_python", "language"),
                interpreters=("python", "python2", "python3", "pypy", "pypy3"),
                file_names=("sconstruct", "sconscript", "wscript"),
                fence="python",
            ),
            Language(
                "Ruby",
                (".rb", ".rake", ".gemspec", ".ru"),
                "#",
                ("=begin", "=end"),
                ("tree_sitter_ruby", "language"),
                interpreters=("ruby",),
                file_names=("rakefile", "gemfile", "vagrantfile", "guardfile", "capfile"),
                fence="ruby",
            ),
            Language("Rust", (".rs",), "//", _C_BLOCK, ("tree_sitter_rust", "language"), fence="rust"),
            Language("SQL", (".sql",), "--", _C_BLOCK, ("tree_sitter_sql", "language"), fence="sql"),
            Language(
                "Shell",
                (".sh", ".bash", ".ksh", ".zsh"),
                "#",
                None,
                ("tree_sitter_bash", "language"),
                interpreters=("sh", "bash", "dash", "ksh", "zsh", "ash"),
                file_names=(".bashrc", ".profile", ".bash_profile", ".zshrc"),
                fence="bash",
            ),
            Language(
                "Swift",
                (".swift",),
                "//",
                _C_BLOCK,
                ("tree_sitter_swift", "language"),
                interpreters=("swift",),
                fence="swift",
            ),
            Language(
                "TypeScript",
                (".ts", ".tsx", ".mts", ".cts"),
                "//",
                _C_BLOCK,
                ("tree_sitter_typescript", "language_typescript"),
                interpreters=("ts-node", "deno", "bun"),
                fence="typescript",
            ),
        )
    }
)
