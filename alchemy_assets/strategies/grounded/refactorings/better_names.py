"""Say what a poorly named variable could be called, out of what the code itself says about it.

Belongs here: words. Does not: where a variable stands and who may rename it (`rename`).
"""

import re

# Short names that everybody reads at once, or that are a habit of their language.
KEPT = frozenset(
    """
    i j k n m x y z id ok db fd fp os io fs ui ip tx wg mu ch rw it _ e ex err argv argc args self this sb fn cb up to at on by
    pi us ms ns kv in out
    """.split()  # noqa: SIM905 -- a page of words reads better so
)
# In Go a writer, a request and a test have their letters.
KEPT_IN_GO = frozenset({"w", "r", "t", "b", "p", "s", "c"})
# And in Rust a formatter.
KEPT_IN_RUST = frozenset({"f"})
SHORT_IN_RUST = frozenset({"buf", "len", "ptr", "idx"})
VAGUE = re.compile(
    r"[a-z]\d?|[a-z]{2}\d?|(?:tmp|temp|res|ret|val|arr|lst|obj|foo|bar|baz|aux|rv|thing|elem|data|str|num|foo|var|list"
    r"|ans|out)\d*"
)
ABBREVIATIONS = {
    "cnt": "count",
    "idx": "index",
    "msg": "message",
    "cfg": "config",
    "buf": "buffer",
    "len": "length",
    "ptr": "pointer",
    "prev": "previous",
    "curr": "current",
    "val": "value",
    "vals": "values",
    "btn": "button",
    "req": "request",
    "resp": "response",
    "usr": "user",
    "passwd": "password",
    "addr": "address",
    "addrs": "addresses",
    "sz": "size",
    "desc": "description",
    "avg": "average",
    "freq": "frequency",
    "attr": "attribute",
    "attrs": "attributes",
    "elem": "element",
    "elems": "elements",
    "param": "parameter",
    "dst": "destination",
    "dest": "destination",
    "src": "source",
    "cmd": "command",
    "cmds": "commands",
    "num": "number",
    "nums": "numbers",
    "fname": "file_name",
    "hdr": "header",
    "tok": "token",
    "toks": "tokens",
    "expr": "expression",
    "stmt": "statement",
    "pct": "percent",
    "qty": "quantity",
    "amt": "amount",
    "arr": "array",
    "lbl": "label",
    "seq": "sequence",
    "seg": "segment",
    "pkt": "packet",
    "sep": "separator",
    "sym": "symbol",
    "tbl": "table",
    "tmpl": "template",
    "txt": "text",
}
# Alone they mean too many things; next to another word they do not.
_NOT_ALONE = frozenset(
    {"num", "nums", "len", "res", "ret", "val", "vals", "arr", "mid", "neg", "iter", "mat", "src", "dst"}
)
# `num_lines` is no number of its own, as `line_num` is.
_LAST_ONLY = frozenset({"num", "nums", "len", "cnt", "arr", "vec", "val", "vals"})
# Short forms that are read more easily than what they stand for.
_FINE_ALONE = frozenset(
    {"cmd", "src", "dst", "mid", "col", "cols", "prev", "sep", "seq", "pos", "attr", "attrs", "param"}
)
_IRREGULAR = {
    "children": "child",
    "people": "person",
    "indices": "index",
    "vertices": "vertex",
    "matrices": "matrix",
    "leaves": "leaf",
    "nodes": "node",
    "axes": "axis",
    "classes": "",
    "series": "",
    "status": "",
    "args": "argument",
    "argv": "argument",
    "params": "parameter",
    "attrs": "attribute",
    "elems": "element",
    "nums": "number",
    "vals": "value",
    "msgs": "message",
    "cols": "column",
    "objs": "",
    "props": "property",
    "deps": "dependency",
    "dirs": "directory",
    "opts": "option",
    "vars": "",
    "bits": "bit",
    "lens": "length",
    "news": "",
    "yes": "",
    "has": "",
    "is": "",
    "was": "",
    "this": "",
    "pos": "",
    "gas": "",
    "bus": "",
    "pass": "",
    "canvas": "",
    "alias": "",
    "radius": "",
    "focus": "",
    "sys": "",
    "os": "",
    "res": "",
    "ans": "",
    "settings": "setting",
    "contents": "",
    "ins": "",
    "outs": "",
    "cases": "",
    "strings": "text",
    "strs": "text",
    "chars": "character",
    "bytes": "",
    "files": "file",
    "lists": "",
    "values": "value",
    "data": "",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "pies": "pie",
    "dies": "die",
}
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_VERBS = re.compile(
    r"(?:get|find|fetch|load|parse|compute|calculate|calc|create|make|build|extract|collect|select|query|generate|lookup"
    r"|resolve|count|read|determine|derive|choose|pick|new)"
)
_NO_NOUNS = frozenset(
    """
    all any by default double element file first float from in instance int integer item items json last line lines list
    long next number object of or out result string str to type value values with xml it data env arg args attribute
    property prop param from if is path bytes text input new info up
    """.split()  # noqa: SIM905 -- a page of words reads better so
)
_AFTER = frozenset(
    {"by", "from", "for", "of", "in", "with", "to", "at", "on", "using", "and", "or", "if", "as", "into", "via", "per"}
)
_SHORTEST, _LONGEST, _MOST_WORDS = 3, 24, 3
SNAKE, CAMEL = "snake_case", "camelCase"


def words_of(name: str) -> list[str]:
    """The words of a name, in lower case."""
    return [part.lower() for part in _PARTS.findall(name)]


def style_of(name: str) -> str | None:
    """How the words of a name are put together; None where it is one word."""
    bare = name.strip("_$")
    if "_" in bare and bare.lower() == bare:
        return SNAKE
    if re.fullmatch(r"[a-z]+[a-z0-9]*(?:[A-Z][a-z0-9]+)+", bare):
        return CAMEL
    return None


def joined(words: list[str], style: str) -> str:
    """Words as one name."""
    if style == SNAKE:
        return "_".join(words)
    return words[0] + "".join(word.capitalize() for word in words[1:])


def singular(name: str) -> list[str] | None:
    """What one of a collection is called; None where its name is no plural."""
    words = words_of(name)
    if len(words) > 1 and words[-1] in {"list", "array", "set", "vector", "vec", "arr"}:
        words = words[:-1]
        if not words[-1].endswith("s"):
            return words if len(words[-1]) >= _SHORTEST else None
    if not words:
        return None
    last = words[-1]
    if last in _IRREGULAR:
        one = _IRREGULAR[last]
    elif last.endswith("ies"):
        one = f"{last[:-3]}y"
    elif last.endswith(("sses", "ches", "shes", "xes", "zes")):
        one = last[:-2]
    elif last.endswith("s") and not last.endswith(("ss", "us", "is")):
        one = last[:-1]
    else:
        return None
    return [*words[:-1], one] if len(one) >= _SHORTEST else None


def of_call(function: str) -> list[str] | None:
    """What a function gives, by its name: `getUserName` gives a user name; None where that says nothing."""
    words = words_of(function)
    if len(words) < 2 or not _VERBS.fullmatch(words[0]):  # noqa: PLR2004 -- a verb and a noun
        return None
    noun = words[1:]
    for at, word in enumerate(noun):
        if word in _AFTER:
            noun = noun[:at]
            break
    if not noun or noun[-1] in _NO_NOUNS or not noun[-1].isalpha():
        return None
    if words[0] == "count":
        one = singular(noun[-1])
        noun = [*noun[:-1], *one, "count"] if one else []
    return fitting(noun)


def of_length(collection: str) -> list[str] | None:
    """What the number of things in a collection is called."""
    one = singular(collection)
    return fitting([*one, "count"]) if one else None


def of_struct(name: str) -> list[str] | None:
    """What an object of a C struct is called: `struct list_node` gives a list node."""
    return fitting(words_of(name.removesuffix("_t").removesuffix("_s")))


def of_type(name: str) -> list[str] | None:
    """What an object of a type is called: `HttpRequest` gives `request`."""
    words = words_of(name)
    if len(words) > 1 and len(words[0]) == 1:
        # `IAsyncResult` is a result; what other letters mean is a matter of the project.
        words = words[1:] if words[0] == "i" else []
    if not words or words[0] == "my" or not name[:1].isupper() or len(words) > 4 or name.lower() in _TYPES:  # noqa: PLR2004 -- longer ones are no words
        return None
    return fitting(words if len(words) == 1 or len("".join(words)) <= _LONGEST // 2 else words[-2:])


_TYPES = frozenset(
    """
    string integer int float double long boolean bool list map set array arraylist hashmap hashset treemap linkedlist
    vector object any optional option result vec box rc arc iterator iterable collection enumerable ienumerable func
    action void number char character byte short dictionary dict tuple promise date stringbuilder stringbuffer deque queue
    stack t k v e comparable function predicate supplier consumer entry pair self file exception error thread class type
    unit span task nsstring int32 int64 uint8 uint32 uint64 usize isize i32 u8 cgfloat number bigint symbol hash
    foo bar baz test tests program main bufferedreader inputstreamreader printwriter inputstream outputstream event
    """.split()  # noqa: SIM905 -- a page of words reads better so
)


def fitting(words: list[str]) -> list[str] | None:
    """The words, if a name of them is neither too short nor too long."""
    text = "".join(words)
    if not words or len(words) > _MOST_WORDS or not _SHORTEST <= len(text) <= _LONGEST or len(words[-1]) < _SHORTEST:
        return None
    return words if all(word.isalpha() for word in words) else None


def written_out(name: str) -> list[str] | None:
    """The words of a name with its short forms written out; None where there are none."""
    words = words_of(name)
    alone = len(words) == 1
    if alone and (words[0] in _NOT_ALONE or words[0] in _FINE_ALONE):
        return None
    last = len(words) - 1
    longer = [
        part
        for at, word in enumerate(words)
        for part in (word if word in _LAST_ONLY and at < last else ABBREVIATIONS.get(word, word)).split("_")
    ]
    if longer == words or len("".join(longer)) > _LONGEST or len(longer) > _MOST_WORDS + 1:
        return None
    return longer
