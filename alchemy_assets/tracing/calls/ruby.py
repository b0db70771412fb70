"""Which methods of a Ruby file can be called, with what, and how a driver says a call.

Belongs here: words and expressions of Ruby. Does not: how calls are chosen (`functions`, `arguments`).
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of, walk
from alchemy_assets.tracing.calls.arguments import LEFT_OUT
from alchemy_assets.tracing.calls.driver import template
from alchemy_assets.tracing.calls.functions import Calls, Definition, Function, Parameter
from alchemy_assets.tracing.calls.uses import NO_VALUE, Uses, keys_of_use, kinds_of_default, kinds_of_use
from alchemy_assets.tracing.launch import Launch
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import screen_part
from alchemy_assets.tracing.screening.ruby import TABLE

_TEXT = (
    "split|strip|lstrip|rstrip|upcase|downcase|capitalize|swapcase|gsub!?|sub!?|chars|each_char|each_line|lines|bytes|start_with"
    "|end_with|tr|scan|match|ljust|rjust|center|chomp|chop|ord|to_sym|squeeze|unpack|succ|codepoints|encode|force_encoding"
)
_LIST = (
    "each|each_with_index|map|select|reject|push|pop|shift|unshift|inject|reduce|sort|sort_by|flatten|compact|uniq|join|zip"
    "|each_slice|each_cons|flat_map|min_by|max_by|group_by|partition|first|last|transpose|take|drop|find|any|all|none"
)
_MAP = "keys|values|each_pair|each_key|each_value|key|has_key|fetch|dig|merge|to_h|transform_values|store"
_NUMBER = "times|upto|downto|even|odd|zero|positive|negative|abs|divmod|digits|gcd|lcm|pow|floor|ceil|round|to_f|chr"
_BOTH = (
    "size|length|empty|include|index|dup|to_s|to_i|to_a|to_str|nil|is_a|kind_of|respond_to|count|reverse|slice|inspect|freeze"
    "|frozen|hash|tap|class|sum|min|max|delete|insert|concat"
)
_USES: Uses = (
    ("text", rf"\bNAME&?\.(?:{_TEXT})\b|\bNAME\s*=~|=~\s*NAME\b|\bNAME\s*[!=]=\s*[\"']|\bNAME\.is_a\?\(?\s*String"),
    ("list", rf"\bNAME&?\.(?:{_LIST})\b|\bNAME\s*<<|\bNAME\.is_a\?\(?\s*Array|\*NAME\b"),
    ("ints", r"\bNAME\.(?:sum|min|max|minmax)\b"),
    ("matrix", r"\bNAME\[\w+\]\[|\bNAME\[0\]\.(?:size|length)|\bNAME\.first\.(?:size|length)"),
    ("map", rf"\bNAME&?\.(?:{_MAP})\b|\bNAME\[\s*[:\"']|\bNAME\.is_a\?\(?\s*Hash|\bNAME\.each\s*(?:do|\{{)\s*\|\w+,"),
    ("seq", r"\bNAME\.(?:size|length|empty\?|include\?|index|reverse|slice|count)|\bin\s+NAME\b|\bNAME\["),
    ("int", rf"\bNAME\.(?:{_NUMBER})\b|\bNAME\s*(?:%|\*\*|>>)\s*\w|\bNAME\s*[-*/]\s*\w|\w\s*[-*/%]\s*NAME\b"),
    ("int", r"\bNAME\s*(?:[<>]=?|==)\s*-?\d|\.\.\.?NAME\b"),
    (NO_VALUE, rf"(?<![\w.@:])NAME\.(?!(?:{_TEXT}|{_LIST}|{_MAP}|{_NUMBER}|{_BOTH})\b)[a-z_]\w*|\bNAME\.call\b"),
)
_LOOKUPS = (r"\bNAME\[\s*:(\w+)", r"\bNAME\.(?:fetch|dig|key\?)\(\s*:(\w+)", r"\bNAME\[\s*[\"'](\w+)[\"']")
_IMPURE = re.compile(
    r"\b(?:File|Dir|IO|FileUtils|STDIN|STDOUT|STDERR|ENV|ARGV|ARGF|Open3|Socket|Net|Process|Kernel|Thread|Mutex|ObjectSpace|GC|Tempfile"
    r"|Pathname|URI|Logger)\b|\$(?!\d)\w+|(?<![\w.])(?:gets|system|exec|exit|abort|fork|sleep|require|load|binding"
    r"|instance_eval|class_eval|define_method|at_exit|eval|rand|srand|yield|warn|open)\b(?!\s*[:=])|`|\bmethod_missing\b|\bsend\("
)
_NO_ANSWERS = {"NotImplementedError", "TypeError", "NoMethodError", "StopIteration", "NameError"}


# What is made of classes of Ruby itself: no `String.new`, which would be empty.
_VALUES = {"String": ("text",), "Array": ("texts", "ints"), "Hash": ("map", "textmap"), "Integer": ("int",)}


def functions(code: Code, source: str) -> list[Function]:
    """Methods outside of classes, those of modules and classes themselves, and those of objects that plain values make."""
    del source
    found: list[Function | None] = []
    for path, node, alone in _methods(code.root):
        name = _name(node)
        if not re.fullmatch(r"[a-z_]\w*[?!]?", name) or name == "initialize" or _is_private(node):
            continue
        if node.type == "singleton_method" or alone:
            found.append(_function(code, node, f"{path}.{name}" if path else name, path, None))
        elif not path:
            found.append(_function(code, node, name, name, None))
        elif (kinds := _VALUES.get(path)) is not None:
            found.append(_function(code, node, name, path, [Parameter("self", kinds)]))
        elif (made := _made(code, node)) is not None:
            found.append(_function(code, node, name, path, made))
    return [one for one in found if one is not None]


def _name(node: Node) -> str:
    name = node.child_by_field_name("name")
    return text_of(name) if name is not None else ""


def _methods(root: Node, path: str = "") -> Iterator[tuple[str, Node, bool]]:
    """(where it stands, method, whether its module can be asked for it)."""
    alone = any(one.type == "identifier" and text_of(one) == "module_function" for one in root.named_children)
    alone = alone or re.search(r"^\s*extend self\s*$", text_of(root), re.MULTILINE) is not None
    for node in root.named_children:
        if node.type in {"method", "singleton_method"}:
            yield path, node, alone and bool(path)
        elif node.type in {"module", "class"}:
            body = node.child_by_field_name("body")
            if body is not None:
                yield from _methods(body, f"{path}::{_name(node)}" if path else _name(node))
        elif node.type == "singleton_class" and path:
            body = node.child_by_field_name("body")
            yield from (
                (path, one, True) for one in (body.named_children if body is not None else []) if one.type == "method"
            )


def _is_private(node: Node) -> bool:
    """Whether a line that makes all that follows private stands before it."""
    before = node.prev_named_sibling
    while before is not None:
        if before.type == "identifier" and text_of(before) in {"private", "protected"}:
            return True
        if before.type == "identifier" and text_of(before) == "public":
            return False
        before = before.prev_named_sibling
    return False


def _made(code: Code, node: Node) -> list[Parameter] | None:
    """What making an object of a method's class takes, or None where that is a module or has a superclass."""
    around = node.parent.parent if node.parent is not None else None
    if around is None or around.type != "class" or around.child_by_field_name("superclass") is not None:
        return None
    body = around.child_by_field_name("body")
    methods = [one for one in (body.named_children if body is not None else []) if _name(one) == "initialize"]
    return _parameters(code, methods[0]) if methods else []


def _function(code: Code, node: Node, called: str, owner: str, making: list[Parameter] | None) -> Function | None:
    parameters = _parameters(code, node)
    if parameters is None or not (parameters or making):
        return None
    count = -1 if making is None else len(making)
    return Function(_name(node), called, owner, (*(making or ()), *parameters), node, making=count)


def _parameters(code: Code, node: Node) -> list[Parameter] | None:
    """The parameters, or None where one that is needed can have no value of ours."""
    listed, body = node.child_by_field_name("parameters"), node.child_by_field_name("body")
    text = code.plain[body.start_byte : body.end_byte] if body is not None else ""
    found = []
    for one in listed.named_children if listed is not None else []:
        if one.type in {"splat_parameter", "hash_splat_parameter", "comment"}:
            continue
        if one.type in {"block_parameter", "destructured_parameter"}:
            return None
        name, value = one.child_by_field_name("name") or one, one.child_by_field_name("value")
        called = text_of(name)
        kinds = kinds_of_default(text_of(value) if value is not None else "") or kinds_of_use(called, text, _USES)
        made = Parameter(called, kinds, value is not None, one.type == "keyword_parameter")
        if kinds == (NO_VALUE,):
            if value is None:
                return None
            made = replace(made, kinds=())
        keys = keys_of_use(called, text, _LOOKUPS) if "map" in kinds else ()
        symbols = any(re.search(rf"\b{re.escape(called)}\[\s*:{key}|:{key}\b", text) for key in keys)
        found.append(replace(made, keys=keys, type="symbols" if symbols else ""))
    return found


def definitions(root: Node) -> list[Definition]:
    """Methods, wherever they stand."""
    return [
        Definition("initialize" if _name(node) == "initialize" else _name(node).rstrip("?!="), node)
        for node in walk(root)
        if node.type in {"method", "singleton_method"}
    ]


def literal(value: object, kind: str = "") -> str:
    """A value in Ruby."""
    if value is None:
        return "nil"
    if isinstance(value, dict):
        if kind == "symbols":
            return "{ " + ", ".join(f"{key}: {literal(one)}" for key, one in value.items()) + " }" if value else "{}"
        return (
            "{ " + ", ".join(f"{literal(key)} => {literal(one)}" for key, one in value.items()) + " }"
            if value
            else "{}"
        )
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    said = json.dumps(value, ensure_ascii=False)
    return said.replace("#", "\\#") if isinstance(value, str) else said


def call(function: Function, values: Sequence[object]) -> str:
    """A call in Ruby; nothing follows what is left out, other than what is named."""
    before = max(function.making, 0)
    made, given = (_said(function.parameters[part], values[part]) for part in (slice(0, before), slice(before, None)))
    if function.making < 0:
        return f"{function.called}({given})"
    if function.owner in _VALUES:
        return (
            f"({made}).{function.name}({given})" if made.startswith(("{", "-")) else f"{made}.{function.name}({given})"
        )
    return f"{function.owner}.new({made}).{function.name}({given})"


def _said(parameters: Sequence[Parameter], values: Sequence[object]) -> str:
    words, left_out = [], False
    for parameter, value in zip(parameters, values, strict=True):
        if value is LEFT_OUT:
            left_out = left_out or not parameter.keyword
        elif parameter.keyword:
            words.append(f"{parameter.name}: {literal(value, parameter.type)}")
        elif not left_out:
            words.append(literal(value, parameter.type))
    return ", ".join(words)


def driver(source: str, calls: Sequence[tuple[Function, str]]) -> dict[str, str]:
    """The driver; errors that the file raises itself are an answer, others end it."""
    entries = "\n".join(f'  "{number}" => -> {{ {said} }},' for number, (_, said) in enumerate(calls, 1))
    text = template("ruby.txt").replace("@CALLS@", entries)
    raised = sorted(set(re.findall(r"\braise[ (]\s*([A-Z]\w*Error)\b", source)) - _NO_ANSWERS)
    known = [name for name in raised if name in _BUILT_IN]
    if not known:
        return {"driver.rb": f"{text}p CALLS[ARGV[0]].call\n"}
    lines = ["begin", "  p CALLS[ARGV[0]].call", f"rescue {', '.join(known)} => error",
             '  warn "#{error.class}: #{error.message}"', "  exit 1", "end", ""]  # fmt: skip
    return {"driver.rb": text + "\n".join(lines)}


_BUILT_IN = {
    "ArgumentError",
    "RangeError",
    "IndexError",
    "KeyError",
    "RuntimeError",
    "ZeroDivisionError",
    "FloatDomainError",
}

CALLS = Calls(
    "Ruby",
    functions,
    definitions,
    _IMPURE,
    partial(screen_part, TABLE),
    call,
    driver,
    lambda _: Launch("driver.rb", "ruby driver.rb"),
    lambda _: "source.rb",
)
