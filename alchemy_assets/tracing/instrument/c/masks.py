"""Look at what the grammar understands of a file, where macros make it stumble over the rest.

Belongs here: blanking definitions that do not parse. Does not: points, which stand only in what is left.
"""

from tree_sitter import Node

from alchemy_assets.syntax_tree import parse

_INSIDE = {
    "preproc_if", "preproc_ifdef", "preproc_else", "preproc_elif", "preproc_elifdef", "linkage_specification",
    "declaration_list", "namespace_definition", "translation_unit", "source_file", "class_declaration", "class_body",
    "enum_class_body",
}  # fmt: skip
ROUNDS = 3


def understood(language: str, source: str) -> str:
    """The source with what does not parse blanked, byte for byte as long and with the same lines.

    A definition goes as a whole, so that nothing is taken for code that the compiler reads differently.
    """
    raw = source.encode()
    for _ in range(ROUNDS):
        root = parse(language, raw).root_node
        if not root.has_error:
            break
        blanked = bytearray(raw)
        for node in _failed(root):
            for at in range(node.start_byte, node.end_byte):
                if blanked[at] not in b"\r\n":
                    blanked[at] = 0x20
        raw = bytes(blanked)
    return raw.decode()


def _failed(root: Node) -> list[Node]:
    """The outermost definitions with an error in them."""
    found, waiting = [], [root]
    while waiting:
        for one in waiting.pop().children:
            if one.is_error or one.is_missing:
                found.append(one)
            elif one.has_error:
                (waiting if one.type in _INSIDE else found).append(one)
    return found
