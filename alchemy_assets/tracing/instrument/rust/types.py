"""Read out of a Rust file which types its values have, as far as the text alone says it.

Belongs here: the file's own types and functions, and the types of expressions, as texts. Does not: variables
(`rust.names`), the compiler's inference: what is not plain is "" (unknown).
Beside Rust's own words stand `&?` (some reference), `copy` (something that is copied) and `!` (not worth showing).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk

INTEGERS = frozenset(f"{sign}{size}" for sign in "iu" for size in ("8", "16", "32", "64", "128", "size"))
NUMBERS = INTEGERS | {"f32", "f64"}
_COPIED = NUMBERS | {"bool", "char", "copy", "()"}
# Values without state that a reader can follow, or with state of the system.
_UNSHOWN = re.compile(
    r"\b(?:Fn|FnMut|FnOnce|fn|impl|Formatter|File|Std(?:in|out|err)(?:Lock)?|Buf(?:Reader|Writer)|LineWriter|Child|Command"
    r"|Tcp\w+|Udp\w+|Instant|SystemTime|JoinHandle|ThreadId|Thread|Sender|SyncSender|Receiver|Chars|CharIndices|Lines|Split"
    r"|Iter|IntoIter|Peekable|Bytes|DirEntry|Metadata|Backtrace|RandomState|Waker|Context|Arguments|PhantomData)\b"
    r"|\bdyn (?!(?:std::)?(?:error::)?Error\b)|\*(?:const|mut) "
)
_ITERATORS = frozenset(
    re.findall(
        r"\w+",
        "iter iter_mut into_iter chars char_indices bytes lines split split_whitespace splitn rsplit split_terminator windows "
        "chunks chunks_exact enumerate zip rev map filter filter_map flat_map flatten take_while skip_while skip chain cycle "
        "peekable step_by cloned copied keys values values_mut drain lock split_ascii_whitespace matches match_indices scan "
        "inspect by_ref into_keys into_values sort_unstable_by stdin stdout stderr spawn now",
    )
)
_SAME = frozenset(
    re.findall(
        r"\w+",
        "abs pow min max clamp wrapping_add wrapping_sub wrapping_mul wrapping_div saturating_sub saturating_add saturating_mul "
        "rem_euclid div_euclid abs_diff rotate_left rotate_right swap_bytes reverse_bits signum sqrt floor ceil round trunc sin "
        "cos tan exp ln powi powf clone to_owned isqrt div_ceil next_power_of_two to_ascii_lowercase to_ascii_uppercase",
    )
)
_KNOWN_METHODS: Mapping[str, str] = {
    **dict.fromkeys(("len", "count", "capacity"), "usize"),
    **dict.fromkeys(("count_ones", "count_zeros", "leading_zeros", "trailing_zeros", "ilog2", "ilog10"), "u32"),
    **dict.fromkeys(("to_string", "to_uppercase", "to_lowercase", "repeat", "replace"), "String"),
    **dict.fromkeys(("as_str", "trim", "trim_end", "trim_start", "trim_end_matches", "trim_start_matches"), "&str"),
    **dict.fromkeys(("as_bytes",), "&[u8]"),
    **dict.fromkeys(("is_empty", "any", "all", "eq", "ne", "lt", "le", "gt", "ge", "insert_str"), "bool"),
    **dict.fromkeys(("as_secs", "as_nanos", "as_millis", "elapsed"), "!"),
}
_UNWRAPS = {"unwrap", "expect", "unwrap_or", "unwrap_or_else", "unwrap_or_default"}
_ELEMENT = re.compile(r"^(?:&(?:mut )?)*(?:Vec<(.+)>|VecDeque<(.+)>|\[(.+?)(?:; [^\]]*)?\])$", re.DOTALL)
_MACROS = {"format": "String", "vec": "Vec<>", "matches": "bool", "line": "u32", "concat": "&str", "stringify": "&str"}


@dataclass(frozen=True)
class Facts:
    """What a file says of its own types and functions.

    copies: types that are copied. opaque: types without a derived `Debug`. fields: `Type.field` or `Variant.0` to its type.
    results: `function` and `Type.method` to what they give, "()" for nothing. receivers: method to how it takes `self`.
    parameters: `function` and `.method` to the types of what they are given.
    operators: whether operators are defined, so that `a * b` says nothing of a number.
    """

    copies: frozenset[str]
    opaque: frozenset[str]
    fields: Mapping[str, str]
    results: Mapping[str, str]
    receivers: Mapping[str, str]
    parameters: Mapping[str, tuple[str, ...]]
    operators: bool
    indexes: bool

    def copied(self, kind: str) -> bool:
        """Whether values of a type are copied and not moved."""
        kind = kind.strip()
        if kind.startswith("&"):
            return not kind.startswith("&mut")
        if kind in _COPIED or kind.partition("<")[0] in self.copies:
            return True
        if kind.startswith("Option<") and kind.endswith(">"):
            return self.copied(kind[7:-1])
        if kind.startswith("(") and kind.endswith(")"):
            return all(map(self.copied, split_types(kind[1:-1])))
        if kind.startswith("[") and kind.endswith("]"):
            return self.copied(kind[1:-1].rpartition(";")[0] or "?")
        return False

    def shown(self, kind: str) -> bool:
        """Whether a value of a type says something when it is shown."""
        if kind.startswith("!") or kind in {"()", "PhantomData"} or _UNSHOWN.search(kind):
            return False
        return self.opaque.isdisjoint(re.findall(r"[A-Za-z_]\w*", kind))


def facts_of(root: Node) -> Facts:
    """Read a file's definitions."""
    derived: dict[str, str] = {}
    bodies: dict[str, str] = {}
    debug, copies, indexes, operators = set(), set(), False, False
    fields: dict[str, str] = {}
    results: dict[str, str] = {}
    receivers: dict[str, str] = {}
    parameters: dict[str, tuple[str, ...]] = {}
    for node in walk(root):
        name = node.child_by_field_name("name")
        if node.type in {"struct_item", "enum_item", "union_item"} and name is not None:
            derived[text_of(name)] = " ".join(_attributes(node))
            bodies[text_of(name)] = text_of(node)
            fields.update(_fields(node, text_of(name)))
        elif node.type == "impl_item":
            trait, kind = node.child_by_field_name("trait"), bare(type_text(node.child_by_field_name("type")))
            last = bare(type_text(trait)).rpartition("::")[2] if trait is not None else ""
            copies |= {kind} if last == "Copy" else set()
            indexes = indexes or last in {"Index", "IndexMut", "Deref"}
            operators = operators or last in {
                "Add",
                "Sub",
                "Mul",
                "Div",
                "Rem",
                "BitAnd",
                "BitOr",
                "BitXor",
                "Shl",
                "Shr",
            }
        elif node.type in {"function_item", "function_signature_item"} and name is not None:
            _function(node, text_of(name), results, receivers)
            _given(node, text_of(name), parameters)
    for name_, attributes in derived.items():
        debug |= {name_} if re.search(r"\bDebug\b", attributes) else set()
        copies |= {name_} if re.search(r"\bCopy\b", attributes) else set()
    return Facts(
        frozenset(copies), frozenset(_opaque(bodies, debug)), fields, results, receivers, parameters, operators, indexes
    )


def _opaque(bodies: Mapping[str, str], debug: Collection[str]) -> set[str]:
    """The types that cannot show themselves without code of the program or an address, and those that hold one."""
    opaque = {
        name for name, body in bodies.items() if name not in debug or re.search(r"\*(?:const|mut)\b|\bfn\(", body)
    }
    words = {name: set(re.findall(r"[A-Za-z_]\w*", body)) for name, body in bodies.items()}
    while holding := {name for name in bodies if name not in opaque and not opaque.isdisjoint(words[name])}:
        opaque |= holding
    return opaque


def _attributes(node: Node) -> Iterator[str]:
    above = node.prev_named_sibling
    while above is not None and above.type in {"attribute_item", "line_comment", "block_comment"}:
        if above.type == "attribute_item":
            yield text_of(above)
        above = above.prev_named_sibling


def _fields(node: Node, owner: str) -> Iterator[tuple[str, str]]:
    body = node.child_by_field_name("body")
    if body is None:
        return
    if body.type == "enum_variant_list":
        for variant in body.named_children:
            name = variant.child_by_field_name("name")
            if variant.type == "enum_variant" and name is not None:
                yield from _fields(variant, text_of(name))
    elif body.type == "field_declaration_list":
        for one in body.named_children:
            name = one.child_by_field_name("name")
            if one.type == "field_declaration" and name is not None:
                yield f"{owner}.{text_of(name)}", type_text(one.child_by_field_name("type"))
    else:
        for position, one in enumerate(body.children_by_field_name("type")):
            yield f"{owner}.{position}", type_text(one)


def _function(node: Node, name: str, results: dict[str, str], receivers: dict[str, str]) -> None:
    owner = self_type(node)
    given = node.child_by_field_name("return_type")
    result = re.sub(r"\bSelf\b", owner, type_text(given)) if given is not None else "()"
    # Of two methods of one name that give different things nothing is known.
    for key in (f"{owner}.{name}" if owner else name, f".{name}" if owner else name):
        results[key] = result if results.get(key, result) == result else ""
    parameters = node.child_by_field_name("parameters")
    for one in parameters.named_children if parameters is not None else ():
        if one.type == "self_parameter":
            said = text_of(one)
            how = "&mut" if said.startswith("&") and "mut" in said else "&" if said.startswith("&") else ""
            receivers[name] = how if receivers.get(name, how) == how else ""


def _given(node: Node, name: str, parameters: dict[str, tuple[str, ...]]) -> None:
    given = node.child_by_field_name("parameters")
    generic = type_text(node.child_by_field_name("type_parameters"))
    kinds = tuple(
        "" if re.search(rf"\b{re.escape(kind)}\b", generic) else kind
        for one in (given.named_children if given is not None else ())
        if one.type == "parameter"
        for kind in (type_text(one.child_by_field_name("type")).replace("Self", self_type(node)),)
    )
    key = f".{name}" if self_type(node) else name
    parameters[key] = kinds if parameters.get(key, kinds) == kinds else ()


def self_type(node: Node) -> str:
    """The type whose `impl` a node stands in, or "" (a trait's own name in a trait)."""
    around = node.parent
    while around is not None:
        if around.type == "impl_item":
            return bare(type_text(around.child_by_field_name("type")))
        if around.type == "trait_item":
            return type_text(around.child_by_field_name("name"))
        if around.type in {"function_item", "mod_item"} and node.type not in {"self_parameter", "parameter"}:
            outer = around.parent
            if around.type == "mod_item" or outer is None or outer.type == "block":
                return ""
        around = around.parent
    return ""


def type_text(node: Node | None) -> str:
    """A type without lifetimes and superfluous blanks."""
    if node is None:
        return ""
    text = re.sub(r"'[a-z_]\w*\s*,?\s*|for<[^>]*>\s*", "", text_of(node))
    return re.sub(r"<>", "", re.sub(r"\s+", " ", text))


def bare(kind: str) -> str:
    """The name of a type without its arguments and references."""
    return re.sub(r"^(?:&(?:mut )?|Box<|Rc<)*", "", kind).partition("<")[0].strip("> ")


def split_types(text: str) -> list[str]:
    """The parts between commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(text):
        depth += letter in "<([" and text[position - 1 : position] != "-"
        depth -= (letter in ">)]") and text[position - 1 : position] != "-"
        if letter == "," and not depth:
            parts.append(text[start:position].strip())
            start = position + 1
    return [*parts, text[start:].strip()] if text[start:].strip() else parts


def element_of(kind: str) -> str:
    """The type of a container's elements, or ""."""
    found = _ELEMENT.match(kind)
    return next((one for one in found.groups() if one), "") if found else "u8" if kind == "&[u8]" else ""


def unwrapped(kind: str, which: int = 0) -> str:
    """What is in an `Option` or a `Result`, or ""."""
    name, _, rest = kind.partition("<")
    if name.rpartition("::")[2] in {"Option", "Result"} and rest.endswith(">"):
        parts = split_types(rest[:-1])
        return parts[which] if which < len(parts) else ""
    return ""


def infer(node: Node, facts: Facts, known: Callable[[Node], str]) -> str:  # noqa: C901, PLR0911, PLR0912 -- a row a node
    """The type of an expression; `known` tells that of an identifier or `self`."""

    def of(field: str) -> str:
        child = node.child_by_field_name(field)
        return infer(child, facts, known) if child is not None else ""

    match node.type:
        case "integer_literal" | "float_literal":
            default = "i32" if node.type == "integer_literal" else "f64"
            return next((one for one in NUMBERS if text_of(node).endswith(one)), default)
        case "boolean_literal":
            return "bool"
        case "char_literal":
            return "u8" if text_of(node).startswith("b") else "char"
        case "string_literal" | "raw_string_literal":
            return "&str"
        case "identifier" | "self":
            return known(node)
        case "parenthesized_expression" | "tuple_expression" | "try_expression" | "unary_expression":
            inner = [infer(one, facts, known) for one in node.named_children if "comment" not in one.type]
            if node.type == "tuple_expression":
                return f"({', '.join(one or '?' for one in inner)})"
            first = inner[0] if inner else ""
            if node.type == "try_expression":
                return unwrapped(first)
            return _dereferenced(first) if text_of(node).startswith("*") and node.type == "unary_expression" else first
        case "reference_expression":
            how = "&mut " if any(one.type == "mutable_specifier" for one in node.children) else "&"
            return f"{how}{of('value') or '?'}"
        case "type_cast_expression":
            return type_text(node.child_by_field_name("type"))
        case "binary_expression":
            operator = node.child_by_field_name("operator")
            if operator is not None and operator.type in {"==", "!=", "<", ">", "<=", ">=", "&&", "||"}:
                return "bool"
            left, right = of("left").lstrip("&"), of("right").lstrip("&")
            literal = node.child_by_field_name("left")
            if literal is not None and literal.type.endswith("_literal") and right:
                return right
            return left or (right if right in NUMBERS else "")
        case "range_expression":
            ends = [infer(one, facts, known) for one in node.named_children]
            return next((f"Range<{one}>" for one in reversed(ends) if one), "")
        case "field_expression":
            field = node.child_by_field_name("field")
            owner, name = of("value"), text_of(field) if field is not None else ""
            if name.isdigit() and owner.lstrip("&").startswith("("):
                return dict(enumerate(split_types(owner.lstrip("&")[1:-1]))).get(int(name), "")
            return facts.fields.get(f"{bare(owner)}.{name}", "")
        case "index_expression":
            ranged = any(one.type == "range_expression" for one in node.named_children)
            return "" if ranged else element_of(infer(node.named_children[0], facts, known))
        case "struct_expression":
            return type_text(node.child_by_field_name("name")).replace("Self", self_type(node))
        case "array_expression":
            return f"[{infer(node.named_children[0], facts, known) or '?'}; _]" if node.named_children else "[?; _]"
        case "macro_invocation":
            return _MACROS.get(type_text(node.child_by_field_name("macro")), "")
        case "scoped_identifier":
            path = type_text(node).split("::")
            return path[-2] if path[-1][:1].isupper() and path[-2][:1].isupper() and not path[-1].isupper() else ""
        case "closure_expression" | "async_block":
            return "!"
        case "call_expression":
            return _call(node, facts, known)
        case "if_expression" | "match_expression" | "block" | "unsafe_block":
            return _last(node, facts, known)
        case _:
            return ""


def _dereferenced(kind: str) -> str:
    return re.sub(r"^&(?:mut )?|^(?:Box|Rc|Arc)<(.+)>$", lambda found: found[1] or "", kind) if kind else "copy"


def _last(node: Node, facts: Facts, known: Callable[[Node], str]) -> str:
    """The type of the first arm of a choice that has one."""
    last: Sequence[Node | None]
    if node.type == "if_expression":
        last = [node.child_by_field_name("consequence")]
    elif node.type == "match_expression":
        body = node.child_by_field_name("body")
        last = [one.child_by_field_name("value") for one in body.named_children] if body is not None else []
    else:
        last = node.named_children[-1:]
    plain = (infer(one, facts, known) for one in last if one is not None and "literal" not in one.type)
    return next((one for one in plain if one), "")


def _call(node: Node, facts: Facts, known: Callable[[Node], str]) -> str:  # noqa: PLR0911 -- a row a way to call
    called = node.child_by_field_name("function")
    if called is None:
        return ""
    if called.type == "generic_function":
        arguments = type_text(called.child_by_field_name("type_arguments"))[1:-1]
        called = called.child_by_field_name("function") or called
        if called.type == "field_expression" and text_of(called).endswith((".parse", ".collect", ".sum", ".product")):
            return f"Result<{arguments}>" if text_of(called).endswith(".parse") else arguments.replace("_", "?")
    if called.type == "field_expression":
        return _method(called, facts, known)
    path = type_text(called)
    owner, _, name = path.rpartition("::")
    owner = self_type(node) if owner == "Self" else bare(owner.rpartition("::")[2] or owner)
    if (own := facts.results.get(f"{owner}.{name}" if owner else name)) is not None:
        return own
    if name in {"Some", "Ok"} and not owner:
        arguments_ = node.child_by_field_name("arguments")
        inner = infer(arguments_.named_children[0], facts, known) if arguments_ and arguments_.named_children else ""
        return f"{'Option' if name == 'Some' else 'Result'}<{inner or '?'}>"
    if owner[:1].isupper() and name[:1].isupper():
        return owner
    if owner and name in {"new", "from", "with_capacity", "default", "from_iter"}:
        return owner if owner not in {"Rc", "Arc", "Box", "Cell", "RefCell", "Mutex"} else f"{owner}<?>"
    if name[:1].isupper() and not owner:
        return name if f"{name}.0" in facts.fields else ""
    return owner if owner in INTEGERS and name == "from" else "!" if name in _ITERATORS and owner else ""


def _method(called: Node, facts: Facts, known: Callable[[Node], str]) -> str:  # noqa: PLR0911 -- a row a method
    receiver, field = called.child_by_field_name("value"), called.child_by_field_name("field")
    if receiver is None or field is None:
        return ""
    name = text_of(field)
    on = infer(receiver, facts, known)
    if (own := facts.results.get(f"{bare(on)}.{name}" if on else f".{name}")) is not None:
        return own
    if name.startswith(("is_", "contains", "starts_with", "ends_with", "eq_")):
        return "bool"
    if name in _SAME:
        return re.sub(r"^&(?:mut )?", "", on)
    if name in _UNWRAPS:
        return unwrapped(on)
    if name in {"pop", "first", "last", "get", "iter().max"}:
        element = element_of(on)
        return f"Option<{element if name == 'pop' else '&' + element}>" if element else ""
    if name in _ITERATORS and not on.startswith("Option"):
        return "!"
    return _KNOWN_METHODS.get(name, "")
