"""Rename a variable of a function: the new name comes from the code itself.

Belongs here: which variables can be renamed without a change of meaning, and the edits. Does not: finding a better name
(`evidence`). Every use of the old name in a function is renamed, and the new name is used for nothing there; so what is
safe depends on whether the old name could mean something from outside of the function.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from tree_sitter import Node

from alchemy_assets.curation.edits import Edit
from alchemy_assets.strategies.grounded.names import Name
from alchemy_assets.strategies.grounded.refactorings import better_names
from alchemy_assets.strategies.grounded.refactorings.better_names import CAMEL, SNAKE
from alchemy_assets.strategies.grounded.refactorings.evidence import Evidence, of_binding, of_spelling
from alchemy_assets.strategies.grounded.refactorings.reading import EDIT, Proposal, Reading, Scope, line_of, touched
from alchemy_assets.strategies.grounded.refactorings.rows import in_a_row, shares_short_form
from alchemy_assets.syntax_tree import text_of, walk

RENAME = "rename"
FEWEST_USES, MOST_USES = 3, 30
# A shorter name is often a word of a text by chance.
_A_WORD = 3
# Where every assignment makes a variable, and a function is its only scope.
_OF_FUNCTIONS = frozenset({"Python", "Ruby", "PHP", "Shell"})
_CAMEL = frozenset({"Java", "JavaScript", "TypeScript", "CSharp", "Swift", "Go"})
_SCOPE = re.compile(
    r"^(?!.*(?:declarator|parameters|declaration_list))(?:.*(?:block|body|compound_statement|statements|function|method|lambda"
    r"|closure|arrow|catch|except|match_arm|constructor)|(?:for|while|foreach|enhanced_for|if|c_style_for|expression_switch"
    r"|type_switch|try|using|with)_\w+|for|switch_entry|expression_case|default_case|type_case|communication_case"
    r"|switch_section|switch_block_statement_group|init_declaration|.*comprehension|generator_expression|query_expression)$"
)
_REFLECTION = {
    "Python": r"\b(?:locals|vars|eval|exec|globals)\(",
    "PHP": r"\b(?:compact|extract|eval|get_defined_vars)\s*\(|\$\$|\$\{",
    "JavaScript": r"\beval\(|\bwith\s*\(",
    "TypeScript": r"\beval\(",
    "Ruby": r"\b(?:binding|eval|instance_eval|local_variables|local_variable_get)\b",
    "Shell": r"\b(?:eval|trap|declare -n|local -n|export|source|unset|printf -v|env)\b|\$\{!",
}
_PARAMETERS = re.compile(r"param|catch_formal|receiver")
_STALE = frozenset(
    """
    a i s t d m as is it do in on to of at by no or an be we us my so up if go he me ok one two end add max min key out new
    old all any and are but can for has its may not now off set the top use was way who why yes bit both each else even
    """.split()  # noqa: SIM905 -- a page of words reads better so
)
_PROSE = frozenset(
    {
        "temp",
        "data",
        "list",
        "item",
        "out",
        "var",
        "value",
        "result",
        "array",
        "mat",
        "rem",
        "seg",
        "mid",
        "val",
        "dist",
    }
)


def renames(reading: Reading) -> Iterator[Proposal]:
    """Every variable of the file's functions that has a better name, if it can be renamed safely."""
    style = _style(reading)
    for scope in reading.scopes:
        found = [(old, evidence) for old in scope.by_text if (evidence := _evidence(reading, scope, old, style))]
        news = Counter(_named(old, evidence, style) for old, evidence in found)
        for old, evidence in found:
            new = _named(old, evidence, style)
            if news[new] == 1 and new != old and _free(reading, scope, new):
                proposal = _proposal(reading, scope, old, new, evidence)
                if proposal is not None:
                    yield proposal


def _style(reading: Reading) -> str:
    """How most names of several words are written in the file's functions; the language's habit where few tell."""
    bound = {name.text for scope in reading.scopes for name in scope.names if name.role == "bind"}
    styles = Counter(filter(None, map(better_names.style_of, bound)))
    habit = CAMEL if reading.language in _CAMEL else SNAKE
    other = SNAKE if habit == CAMEL else CAMEL
    return other if styles[other] > styles[habit] and reading.language != "Go" else habit


def _clear(reading: Reading, style: str) -> bool:
    """Whether the file's style is plain enough to correct a name by it."""
    bound = {name.text for scope in reading.scopes for name in scope.names if name.role == "bind"}
    styles = Counter(filter(None, map(better_names.style_of, bound)))
    return styles[style] >= 4 and styles[style] >= 3 * (styles.total() - styles[style])  # noqa: PLR2004 -- a clear majority


def _evidence(reading: Reading, scope: Scope, old: str, style: str) -> Evidence | None:
    """What all places where a variable is bound agree on; else what its spelling suggests."""
    bound = [name for name in scope.by_text[old] if name.role == "bind"]
    bare = old.lstrip("$")
    if not bound or bare in {"self", "cls", "this", "_"} or not re.fullmatch(r"[a-z_]\w*", bare):
        return None
    if (better_names.VAGUE.fullmatch(bare)) and not _kept(reading.language, bare, bound):
        told = [of_binding(name) for name in bound]
        first = told[0]
        if first is not None and all(one is not None and one.words == first.words for one in told):
            return first
    # Go's own style asks for short names, and Rust's library has a few of them.
    kept = reading.language == "Go" or (reading.language == "Rust" and bare in better_names.SHORT_IN_RUST)
    spelling = None if kept else of_spelling(old, style)
    if spelling is not None and spelling.score > 2.0 and not _clear(reading, style):  # noqa: PLR2004 -- a matter of style
        return None
    return spelling


def _kept(language: str, bare: str, bound: list[Name]) -> bool:
    """Whether a short name is a habit of its own; a loop over things that have a name is no place for one."""
    own = {"Go": better_names.KEPT_IN_GO, "Rust": better_names.KEPT_IN_RUST}
    kept = better_names.KEPT | own.get(language, frozenset())
    return bare in kept and not (bare not in {"_", "id", "it"} and _loops(bound))


def _loops(bound: list[Name]) -> bool:
    found = of_binding(bound[0])
    return found is not None and found.score >= 4.0  # noqa: PLR2004 -- what loops are given


def _named(old: str, evidence: Evidence, style: str) -> str:
    own = better_names.style_of(old.lstrip("$"))
    spelled_out = evidence.score == 2.0  # noqa: PLR2004 -- the style stays where only short forms are written out
    name = better_names.joined(list(evidence.words), own if spelled_out and own else style)
    return f"${name}" if old.startswith("$") else name


def _free(reading: Reading, scope: Scope, new: str) -> bool:
    """Whether nothing in the function, the file or the language has the new name."""
    bare = new.lstrip("$")
    taken = {name.text.lstrip("$@") for name in scope.names if name.role not in {"member", "key"}}
    if reading.language in {"Java", "CSharp", "Cpp", "Swift", "Ruby"}:
        # A member may be meant without its object there.
        taken |= {name.text.lstrip("$@") for name in scope.names if name.role in {"own", "key"}}
    return bare not in taken and not reading.has(bare)


def _proposal(reading: Reading, scope: Scope, old: str, new: str, evidence: Evidence) -> Proposal | None:  # noqa: PLR0911 -- one return a rule
    bare = old.lstrip("$")
    item = scope.item
    uses = [name for name in scope.by_text[old] if name.role in {"bind", "reference", "mention"}]
    uses = [name for name in uses if not _is_method(name.node)]
    bound = [name for name in uses if name.role == "bind"]
    if (
        not FEWEST_USES <= len(uses) <= MOST_USES
        or not bound
        or old in reading.outline.defined
        or bare in reading.outline.imported
    ):
        return None
    if (
        _has_company(reading, scope, old, evidence)
        or _is_said(scope, bare)
        or _is_key(text_of(item.node), bare, evidence)
    ):
        return None
    if any(name.role == "shared" for name in scope.by_text[old]) or any(_unsafe(name, reading) for name in bound):
        return None
    function = reading.text if scope.top else text_of(item.node)
    if (
        re.search(_REFLECTION.get(reading.language, "(?!)"), function)
        or re.search(rf"['\"]:?{re.escape(bare)}['\"]", function)
        or _is_everybodys(reading, function, bare)
    ):
        return None
    start = item.body.start_byte if item.body is not None else 0
    is_parameter = any(_PARAMETERS.search(name.holder.type) and name.node.start_byte < start for name in bound)
    if any(_PARAMETERS.search(name.holder.type) for name in bound) and bare in reading.labels:
        return None
    if reading.language not in _OF_FUNCTIONS:
        scopes = [around for name in bound if (around := _scope(name, item.node)) is not None]
        if not all(any(one.start_byte <= name.node.start_byte < one.end_byte for one in scopes) for name in uses):
            return None
    edits = list(_edits(uses, old, new))
    comments = _in_comments(reading, scope, bare, new.lstrip("$"))
    if comments is None or _left_over(reading, item.node, old, uses):
        return None
    lines = touched([name.node for name in uses])
    if not lines & reading.reached:
        return None
    loop = evidence.score >= 4.0  # noqa: PLR2004 -- what loops are given
    what = (
        "parameter"
        if is_parameter
        else "loop variable"
        if loop
        else "variable"
        if reading.language == "Shell"
        else "local variable"
    )
    values = {
        "old": bare if reading.language == "Shell" else old,
        "new": new,
        "what": what,
        "place": scope.place,
        "line": f"line {line_of(bound[0].node)}",
        "why": evidence.why,
    }
    score = evidence.score + min(len(uses), 8) / 8
    return Proposal(RENAME, f"{item.first} {old}", values, (*edits, *comments), lines, item.first, item.last, score)


def _is_everybodys(reading: Reading, function: str, bare: str) -> bool:
    """Whether others may know a variable of a shell: it is theirs if it is not local, and what is called sees it if it is."""
    word = re.compile(rf"(?<!\w){re.escape(bare)}(?!\w)")
    return reading.language == "Shell" and len(word.findall(reading.text)) != len(word.findall(function))


def _has_company(reading: Reading, scope: Scope, old: str, evidence: Evidence) -> bool:
    """Whether other names of the function go with this one, or other functions have the same short form."""
    bound = {name.text for name in scope.names if name.role == "bind"}
    spelled_out = evidence.score == 2.0  # noqa: PLR2004 -- where only short forms are written out
    called = evidence.score == 3.5  # noqa: PLR2004 -- where the name is that of a call
    restyled = evidence.score == 2.5  # noqa: PLR2004 -- where only the style changes
    own = better_names.style_of(old.lstrip("$"))
    # A shell reads what it does not bind, in the same style.
    named = set(scope.by_text) if reading.language == "Shell" else bound
    others = {better_names.style_of(name.lstrip("$")) for name in named - {old}}
    return (
        in_a_row(old, bound)
        or (spelled_out and shares_short_form(old, scope.by_text))
        or ((spelled_out or called) and _stands_elsewhere(reading, scope, old))
        or (spelled_out and any(name.role in {"own", "member", "key"} for name in scope.by_text[old]))
        or (restyled and own is not None and own in others)
    )


def _stands_elsewhere(reading: Reading, scope: Scope, old: str) -> bool:
    """Whether another function binds the same name, and would keep its short form."""
    return any(
        name.role == "bind" and not scope.item.node.start_byte <= name.node.start_byte < scope.item.node.end_byte
        for other in reading.scopes
        for name in other.by_text.get(old, ())
    )


def _is_key(function: str, bare: str, evidence: Evidence) -> bool:
    """Whether a loop runs over the keys of a mapping: `for v in edges` gives no edge where `edges[v]` does."""
    looped = re.search(r"one of `([\w.]+)`", evidence.why)
    if looped is None:
        return False
    mapping = re.escape(looped[1])
    return re.search(rf"\b{mapping}(?:\[{re.escape(bare)}\]|\.(?:get|items|keys|setdefault)\()", function) is not None


def _is_said(scope: Scope, bare: str) -> bool:
    """Whether a text of the function speaks of the variable: `"prev_jmp: %d"` would tell of a name that is gone."""
    what = rf"{re.escape(bare)}(?=\s?[=:])" if len(bare) < _A_WORD else re.escape(bare)
    word = re.compile(rf"(?<![\w$@#%{{.'-]){what}(?![\w}}(-])")
    docs = {node.id for doc in _docstring(scope) for node in walk(doc)}
    return any(
        "string" in node.type and not node.named_child_count and node.id not in docs and word.search(text_of(node))
        for node in scope.nodes()
    )


def _is_method(node: Node) -> bool:
    """Java, PHP, C#: a called method has a name of another kind than variables."""
    around = node.parent
    if around is None or around.type not in {"method_invocation", "function_call_expression"}:
        return False
    return around.child_by_field_name("name") == node or around.child_by_field_name("function") == node


def _unsafe(name: Name, reading: Reading) -> bool:
    """What binds more than a variable: an object's field by a parameter, a label of a call, a part of an import."""
    kind = name.holder.type
    if kind in {
        "keyword_parameter",
        "property_promotion_parameter",
        "import_specifier",
        "import_statement",
        "aliased_import",
    }:
        return True
    if kind in {
        "function_definition",
        "class_definition",
        "function_declaration",
        "method",
        "class_declaration",
        "preproc_def",
    }:
        return True
    if (
        "import" in kind
        or "preproc" in kind
        or "function_item" in kind
        or "field" in kind
        or "property_declaration" in kind
    ):
        return kind != "property_declaration" or reading.language != "Swift"
    if reading.language == "Swift" and kind == "parameter" and name.holder.child_by_field_name("external_name") is None:
        return True
    if reading.language == "TypeScript" and kind.endswith("_parameter"):
        return any(child.type in {"accessibility_modifier", "readonly"} for child in name.holder.children)
    return False


def _scope(name: Name, top: Node) -> Node | None:
    """The piece of code in which a declared variable is known."""
    node: Node | None = name.holder
    whole = (
        any(child.type == "var" for child in node.parent.children)
        if node is not None and node.parent is not None
        else False
    )
    while node is not None and node != top:
        if _SCOPE.match(node.type) and not (whole and "function" not in node.type and "arrow" not in node.type):
            return node
        node = node.parent
    return node


def _edits(uses: Iterable[Name], old: str, new: str) -> Iterator[Edit]:
    """The edits of the code; what names a member and a variable at once is written as both."""
    texts = set()
    for name in uses:
        node = name.node
        start, end = node.start_byte, node.end_byte
        kind = node.type
        around = node.parent.type if node.parent is not None else ""
        if kind == "string_content":
            # Rust: a text that a macro reads names from.
            if start not in texts:
                texts.add(start)
                for found in re.finditer(rb"(?<!\{)((?:\{\{)*\{)" + old.encode() + rb"(?=[:}])", node.text or b""):
                    yield Edit(start + found.end(1), start + found.end(), new, EDIT)
        elif kind in {"shorthand_property_identifier", "shorthand_property_identifier_pattern"} or (
            around == "shorthand_field_initializer" or kind == "shorthand_field_identifier"
        ):
            yield Edit(start, end, f"{old}: {new}", EDIT)
        else:
            yield Edit(start, end, new, EDIT)


def _in_comments(reading: Reading, scope: Scope, old: str, new: str) -> list[Edit] | None:
    """The edits of comments that speak of the variable; None where nobody can tell whether they do."""
    edits: list[Edit] = []
    marked = re.compile(
        rf"(?:[`']|@param\s+(?:\{{[^}}]*\}}\s*)?[$\[]?|[@\\]p\s+|\\param\S*\s+|:param(?:\s\w+)?\s|Parameter\s+|name=\"|<c>){re.escape(old)}\b"
    )
    plain = re.compile(rf"(?<![\w$.'\-/\\{{]){re.escape(old)}(?![\w'\-/(]|\.\w)")
    texts = [*reading.comments_of(scope.item), *_docstring(scope)]
    for node in texts:
        text = text_of(node)
        if not plain.search(text) and not marked.search(text):
            continue
        speaks = old not in _STALE and old not in _PROSE
        pattern = plain if speaks else marked
        if not speaks and len(plain.findall(text)) != len(marked.findall(text)) and old != "a":
            return None
        for found in pattern.finditer(text):
            at = found.end() - len(old)
            start = node.start_byte + len(text[:at].encode())
            edits.append(Edit(start, start + len(old.encode()), new, EDIT))
    return edits


def _docstring(scope: Scope) -> list[Node]:
    item = scope.item
    if item.doc is None or item.body is None or item.doc[0] <= item.code:
        return []
    first = item.body.named_children[0] if item.body.named_child_count else None
    return [first] if first is not None else []


def _left_over(reading: Reading, node: Node, old: str, uses: list[Name]) -> bool:
    """Whether the name stands where the grammar saw none: in the text of a macro, in a string that is read as code."""
    known = {name.node.start_byte for name in uses}
    word = re.compile(rb"(?<![\w$])" + re.escape(old.encode()) + rb"(?!\w)")
    for leaf in walk(node):
        if leaf.child_count or leaf.start_byte in known:
            continue
        text = leaf.text or b""
        if leaf.type in {"preproc_arg", "regex", "raw_string", "heredoc_body", "string_content"} and word.search(text):
            code = reading.language in {"Shell", "C", "Cpp"} and leaf.type != "string_content"
            if code or re.search(rb"[{$%]" + re.escape(old.encode()) + rb"\b", text):
                return True
    return (
        b"=}" in (node.text or b"")
        and re.search(rb"\{" + re.escape(old.encode()) + rb"\s*=", node.text or b"") is not None
    )
