"""Decide the language of a blob, once, from everything that is known of it.

Belongs here: weighing labels, names, shebangs. Does not: looking into the text of the ambiguous (`contents`), what is
done with a blob of no known language (`index`). The strongest kind of evidence decides, then how many occurrences
agree, then the smallest path, so the order in which occurrences come in does not matter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final, Literal, NamedTuple, TypeAlias

from alchemy_assets.corpora import contents
from alchemy_assets.corpora.encodings import peek
from alchemy_assets.languages import LANGUAGES

Source: TypeAlias = Literal["label", "suffix", "file name", "shebang", "content"]

STRENGTH: Mapping[str, int] = MappingProxyType({"label": 3, "file name": 2, "suffix": 2, "shebang": 1, "content": 0})
# C++ marks in a header may come late, after a licence and a page of comments.
_HEAD_BYTES: Final = 128 * 1024
_SHEBANG: Final = re.compile(r"#![ \t]*(?P<command>\S+)(?P<arguments>[^\n]*)")

_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {suffix: language.name for language in LANGUAGES.values() for suffix in language.suffixes}
)
_FILE_NAMES: Mapping[str, str] = MappingProxyType(
    {name: language.name for language in LANGUAGES.values() for name in language.file_names}
)
_INTERPRETERS: Mapping[str, str] = MappingProxyType(
    {name: language.name for language in LANGUAGES.values() for name in language.interpreters}
)
# Not source of the fifteen, whatever their first line says: templates, data, documents, relatives of Python.
_NEVER: Final = frozenset(
    (
        *(".in", ".j2", ".tmpl", ".tpl", ".template", ".patch", ".diff"),
        *(".txt", ".rst", ".html", ".htm", ".xml", ".json", ".yaml", ".yml", ".toml", ".csv", ".ipynb"),
        *(".pyx", ".pxd", ".pxi"),
    )
)
# How other corpora spell the names; compared without case, blanks, hyphens and underscores.
_LABELS: Mapping[str, str] = MappingProxyType(
    {name.lower(): name for name in LANGUAGES}
    | {
        "c#": "CSharp",
        "cs": "CSharp",
        "c++": "Cpp",
        "cplusplus": "Cpp",
        "golang": "Go",
        "js": "JavaScript",
        "jsx": "JavaScript",
        "md": "Markdown",
        "py": "Python",
        "python3": "Python",
        "rb": "Ruby",
        "rs": "Rust",
        "bash": "Shell",
        "sh": "Shell",
        "shellscript": "Shell",
        "zsh": "Shell",
        "ts": "TypeScript",
        "tsx": "TypeScript",
    }
)
_NO_LABEL: Final = frozenset({"", "unknown", "none", "null", "nan", "n/a"})


class Evidence(NamedTuple):
    """What one occurrence of a blob says: the label of its corpus, and its path; either may be empty."""

    label: str
    path: str


class Detected(NamedTuple):
    """The language of a blob, and what decided it."""

    language: str
    source: Source


class Vote(NamedTuple):
    """One piece of evidence; a language of "" is a label that names none of the fifteen."""

    language: str
    source: Source
    path: str
    occurrences: int = 1


def detect(occurrences: Iterable[Evidence], data: bytes) -> Detected | None:
    """The language of a blob by all its occurrences and its bytes, or None where it is none of the fifteen.

    A label that is a language of another name than ours wins too, and means None: a header that its corpus calls
    Objective-C is not C.
    """
    text = peek(data, _HEAD_BYTES)
    votes = [vote for occurrence in occurrences if (vote := vote_of(occurrence, text)) is not None]
    winner = strongest(votes)
    return None if winner is None or not winner.language else Detected(winner.language, winner.source)


def strongest(votes: Iterable[Vote]) -> Vote | None:
    """The vote that decides: strongest source first, then the most occurrences, then the smallest path."""
    votes = list(votes)
    if not votes:
        return None
    strength = max(STRENGTH[vote.source] for vote in votes)
    votes = [vote for vote in votes if STRENGTH[vote.source] == strength]
    counts: Counter[str] = Counter()
    for vote in votes:
        counts[vote.language] += vote.occurrences
    return min(votes, key=lambda vote: (-counts[vote.language], vote.path, vote.language, vote.source))


def vote_of(occurrence: Evidence, text: str | None) -> Vote | None:
    """What one occurrence says of its blob's language; without a text (None) only a label or a plain name can tell."""
    label = re.sub(r"[\s_-]", "", occurrence.label.lower())
    if label not in _NO_LABEL:
        return Vote(_LABELS.get(label, ""), "label", occurrence.path)
    detected = _by_name(occurrence.path, text)
    return None if detected is None else Vote(*detected, occurrence.path)


def _by_name(path: str, text: str | None) -> Detected | None:
    name = path.rsplit("/", 1)[-1].lower()
    if name in _FILE_NAMES:
        return Detected(_FILE_NAMES[name], "file name")
    stem, dot, ending = name.rpartition(".")
    suffix = dot + ending if stem else ""
    if suffix in contents.DECIDERS:
        decided = None if text is None else contents.DECIDERS[suffix](text)
        return None if decided is None else Detected(decided, "content")
    if suffix in _SUFFIXES:
        language = _SUFFIXES[suffix]
        contradicted = text is not None and contents.contradicts(suffix, language, text)
        return None if contradicted else Detected(language, "suffix")
    if suffix in _NEVER or text is None:
        return None
    return _by_shebang(text) or _by_content(text, suffix)


def _by_shebang(text: str) -> Detected | None:
    match = _SHEBANG.match(text.removeprefix("\ufeff"))
    if match is None:
        return None
    words = [match["command"], *match["arguments"].split()]
    if words[0].rsplit("/", 1)[-1] == "env":
        # `env -S VARIABLE=1 python3 -u`: the first word that is neither an option nor an assignment.
        words = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    if not words:
        return None
    interpreter = words[0].rsplit("/", 1)[-1].lower()
    for name in (interpreter, interpreter.rstrip("0123456789.-")):
        if name in _INTERPRETERS:
            return Detected(_INTERPRETERS[name], "shebang")
    return None


def _by_content(text: str, suffix: str) -> Detected | None:
    language = None if suffix else contents.nameless(text)
    return None if language is None else Detected(language, "content")
