"""Which pointers to characters and arrays of them surely hold text that ends in a zero.

Belongs here: what a function does with a name. Does not: types (`c.declarations`).
A pointer may lead into bytes without an end, or behind the end; what is not sure is not shown.
"""

import re

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.instrument.c.declarations import Declared, declared, parameters, plain
from alchemy_assets.tracing.instrument.c.statements import arguments, bare, called

_NO_TEXT = re.compile(
    r"(?:.*_)?(?:end|e|buf|buffer|buff|data|bytes|mem|last|limit|stop|block|out|dest|dst|key|hash)\d*"
)
_LENGTH = re.compile(
    r"(?:.*_)?(?:n|len|length|size|sz|count|cnt|max|bytes|nbytes|maxlen|bufsize|siz|limit)\d*|\w+(?:len|size)"
)
_GIVES_TEXT = {
    "strtok",
    "strchr",
    "strrchr",
    "strstr",
    "strdup",
    "getenv",
    "strpbrk",
    "strerror",
    "basename",
    "gettext",
}
_GIVES_TEXT |= {
    "_",
    "ctime",
    "asctime",
    "strsignal",
    "setlocale",
    "xstrdup",
    "strcasestr",
    "index",
    "rindex",
    "dirname",
}
# Who is given a name to read takes it for text; `printf` only where it says so, which is looked at no closer.
_READS_TEXT = {
    "strlen",
    "strcmp",
    "strncmp",
    "strcasecmp",
    "strncasecmp",
    "atoi",
    "atol",
    "atof",
    "atoll",
    "puts",
    "fputs",
}
_READS_TEXT |= {"printf", "fprintf", "strchr", "strrchr", "strstr", "strdup", "fopen", "strtol", "strtod", "strtoul"}
_READS_TEXT |= {
    "strspn",
    "strcspn",
    "perror",
    "open",
    "stat",
    "remove",
    "err",
    "errx",
    "warn",
    "warnx",
    "strpbrk",
    "sscanf",
}
_READS_TEXT |= {"strtoll", "strtof", "getenv", "unlink", "chdir", "mkdir", "strcpy", "strcat"}
_READS = _READS_TEXT | {"isdigit", "isalpha", "isspace", "isalnum", "toupper", "tolower", "putchar", "free"}
_BYTES = {"memcpy", "memcmp", "memmove", "memset", "memchr", "read", "write", "fread", "fwrite", "send", "recv", "mmap"}
_BYTES |= {"munmap", "bcopy", "bcmp", "bzero", "strncpy", "memmem"}
_FILLS = {"strcpy", "sprintf", "snprintf", "stpcpy", "strcat", "fgets"}


def text_names(function: Node, readers: frozenset[str]) -> frozenset[str]:  # noqa: C901 -- one pass
    """The names of a function that are text wherever they have a value; of a file, those of its globals.

    readers: functions of the file that only read the characters they are given.
    """
    found: dict[str, Declared] = {}
    spoilt: set[str] = set()
    # What holds for pointers to constant characters too, which nobody writes through.
    unsure = _moved_behind(function)
    listed: list[Declared] = []
    if function.type == "function_definition":
        listed = parameters(function)
        for one, following in zip(listed, [*listed[1:], None], strict=False):
            found[one.name] = one
            if following is not None and following.pointers == 0 and _LENGTH.fullmatch(following.name.lower()):
                unsure.add(one.name)
    read: set[str] = set()
    for node in walk(function):
        if node.type == "call_expression":
            read |= _given_to(node, _READS_TEXT)
            unsure |= _given_to(node, _BYTES)
        if node.type != "declaration":
            spoilt |= _spoilt_by(node, readers)
            continue
        for one in declared(node):
            if one.name in found and found[one.name].at != one.at:
                unsure.add(one.name)
            found[one.name] = one
            if one.value is not None and one.arrays and not _fills_array(one.value):
                unsure.add(one.name)
            elif one.value is not None and not one.arrays and not _is_text(one.value):
                spoilt.add(one.name)
    # A parameter that could be written through is text where it is read as such.
    spoilt |= {one.name for one in listed if one.name not in read}
    return frozenset(
        name
        for name, one in found.items()
        if plain(one.base) == "char"
        and one.pointers + len(one.arrays) == 1
        and not _NO_TEXT.fullmatch(name.lower())
        and name not in unsure
        and ("const" in one.base.split() or name not in spoilt)
    )


def _fills_array(value: Node) -> bool:
    return value.type in {"string_literal", "concatenated_string"} or text_of(value) in {
        "{0}",
        "{}",
        "{ 0 }",
        "{'\\0'}",
    }


def _is_text(value: Node) -> bool:
    value = bare(value)
    if value.type in {"string_literal", "concatenated_string", "null"} or text_of(value) in {"0", "NULL", "optarg"}:
        return True
    if value.type == "call_expression":
        return called(value) in _GIVES_TEXT
    if value.type == "conditional_expression":
        ways = [value.child_by_field_name("consequence"), value.child_by_field_name("alternative")]
        return all(one is not None and _is_text(one) for one in ways)
    return bool(re.fullmatch(r"argv\[\w+\]|\*argv", text_of(value)))


def _spoilt_by(node: Node, readers: frozenset[str]) -> set[str]:  # noqa: PLR0911 -- a case a node
    """The names that a node makes unsure: assigned something else, written into, handed to what may write."""
    if node.type == "assignment_expression":
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            return set()
        if left.type == "identifier":
            return {text_of(left)} if not _is_text(right) else set()
        written = (
            {text_of(one) for one in left.named_children if one.type == "identifier"} if "_expr" in left.type else set()
        )
        return written if left.type in {"subscript_expression", "pointer_expression"} else set()
    if node.type == "pointer_expression" and text_of(node).startswith("&"):
        return {text_of(one) for one in node.named_children if one.type == "identifier"}
    if node.type == "update_expression" and node.parent is not None and "subscript" in node.parent.type:
        return set()
    if node.type == "call_expression" and called(node) not in _READS | readers:
        first_filled = called(node) in _FILLS
        return {
            text_of(one)
            for at, one in enumerate(arguments(node))
            if one.type == "identifier" and (at or not first_filled)
        }
    return set()


def _given_to(node: Node, functions: set[str]) -> set[str]:
    return {text_of(one) for one in arguments(node) if one.type == "identifier"} if called(node) in functions else set()


def _moved_behind(function: Node) -> set[str]:
    """The names that may point behind the end of their text: `*p++` has read the zero and gone on."""
    return {
        text_of(one)
        for node in walk(function)
        if node.type == "update_expression"
        and node.parent is not None
        and node.parent.type in {"pointer_expression", "parenthesized_expression"}
        for one in node.named_children
        if one.type == "identifier"
    }


def readers_of(root: Node) -> frozenset[str]:
    """The functions of a file all of whose pointers to characters are to constant ones."""
    found = set()
    for node in walk(root):
        if node.type == "function_definition":
            listed = [
                one for one in parameters(node) if plain(one.base) == "char" and one.pointers + len(one.arrays) == 1
            ]
            if all("const" in one.base.split() for one in listed):
                declarator = node.child_by_field_name("declarator")
                found.add(text_of(declarator).partition("(")[0].strip(" *\n") if declarator is not None else "")
    return frozenset(found)
