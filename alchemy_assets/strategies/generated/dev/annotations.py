"""Have types written at the parameters and results of functions that have none.

Belongs here: which files lack them, and that an answer has more. Does not: that the file does what it did (`behaviour`);
whether a type checker would agree, which nobody asks here.
"""

import re
from collections.abc import Generator, Mapping, Sequence
from types import MappingProxyType

from tree_sitter import Node

from alchemy_assets import syntax_tree
from alchemy_assets.generation.completions import Answers
from alchemy_assets.sandbox.sandbox import Outcome, Run
from alchemy_assets.strategies.generated.code_alone import comments_of
from alchemy_assets.strategies.generated.dev.behaviour import comparable
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, DevTask, Ready, whole
from alchemy_assets.strategies.generated.new_code import suffix_of
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left

TYPED = "its functions have types already"
NO_TYPES = "the answer adds no types"
FEW_TYPES = "the answer leaves most without a type"
LEAST_BARE, LEAST_SHARE = 2, 0.5
_FUNCTIONS = frozenset({"function_definition", "function_declaration", "method_definition", "method_declaration"})
_PARAMETERS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "PHP": frozenset({"simple_parameter"}),
        "Python": frozenset({"identifier", "default_parameter"}),
        "TypeScript": frozenset({"required_parameter", "optional_parameter"}),
    }
)
_OWN = frozenset({"self", "cls"})
_SAID: Mapping[str, str] = MappingProxyType(
    {
        "JavaScript": "JSDoc comments (`@param {type} name`, `@returns {type}`)",
        "PHP": "PHP's own type declarations",
        "Python": "type hints",
        "TypeScript": "TypeScript's type annotations",
    }
)
_JSDOC = re.compile(r"@(?:param|returns?|type)\s*\{")


def untyped(language: str, text: str, suffix: str = "") -> int:
    """How many parameters and results are without a type; in JavaScript, how many functions without a word of one."""
    root = syntax_tree.parse(language, text.encode(), suffix).root_node
    functions = [node for node in syntax_tree.walk(root) if node.type in _FUNCTIONS]
    if language == "JavaScript":
        told = sum(len(_JSDOC.findall(comment)) for comment in comments_of(language, text, suffix))
        places = [node.child_by_field_name("parameters") for node in functions]
        return max(sum(1 + node.named_child_count for node in places if node is not None) - told, 0)
    kinds, count = _PARAMETERS[language], 0
    for function in functions:
        parameters = function.child_by_field_name("parameters")
        for one in parameters.named_children if parameters is not None else ():
            bare = one.type in kinds and one.child_by_field_name("type") is None
            count += bare and syntax_tree.text_of(one) not in _OWN
        count += function.child_by_field_name("return_type") is None and not _makes(function)
    return count


def _makes(function: Node) -> bool:
    """Whether it makes an object: in most languages its result has no type."""
    name = function.child_by_field_name("name")
    return name is not None and syntax_tree.text_of(name) in {"constructor", "__construct", "__init__"}


def prepare(_kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """A file of a language with optional types that lacks some."""
    if file.language not in _SAID:
        return Left(OTHER_LANGUAGE, file.language)
    seen = comparable(file)
    if isinstance(seen, Left):
        return seen
    bare = untyped(file.language, file.text, suffix_of(file))
    if bare < LEAST_BARE:
        return Left(TYPED, f"{bare} places without one")
    shown = whole(file, answers)
    return shown if isinstance(shown, Left) else Ready(shown, {"types": _SAID[file.language]}, bare)


def annotated(draft: Draft, code: str) -> Generator[Sequence[Run], Sequence[Outcome], Left | str]:
    """At least half of what had no type has one now."""
    yield from ()
    file = draft.file
    before, after = (untyped(file.language, text, suffix_of(file)) for text in (file.text, code))
    if after >= before:
        return Left(NO_TYPES, f"{after} places without one, as before")
    if after > (1 - LEAST_SHARE) * before:
        return Left(FEW_TYPES, f"{after} of {before} places are still without one")
    return f"{before - after} of {before} places without a type have one now"
