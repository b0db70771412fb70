"""Which Ruby values are worth showing where a method ends in them, and how one is written as an argument.

Belongs here: expressions. Does not: statements (`ruby`).
"""

from tree_sitter import Node

from alchemy_assets.syntax_tree import text_of

# Calls made for what they do: what they give back is nothing to learn from.
_SILENT = {"puts", "print", "p", "pp", "printf", "putc", "write", "warn", "sleep", "system", "exec", "display", "flush"}
_SILENT |= {"require", "require_relative", "load", "autoload", "include", "extend", "prepend", "using", "alias_method"}
_SILENT |= {"attr_reader", "attr_writer", "attr_accessor", "private", "public", "protected", "module_function"}
_SILENT |= {"define_method", "lambda", "proc", "loop", "each", "catch", "trap", "at_exit", "private_constant", "freeze"}
# What stands as an argument as it is.
_PLAIN = {
    "identifier", "instance_variable", "class_variable", "global_variable", "constant", "scope_resolution", "self",
    "integer", "float", "rational", "complex", "string", "chained_string", "character", "simple_symbol",
    "delimited_symbol", "regex", "array", "hash", "string_array", "symbol_array", "true", "false", "nil",
    "element_reference", "parenthesized_statements", "conditional", "subshell", "heredoc_beginning", "super",
}  # fmt: skip
_NOT_SHOWN = {"lambda", "alias", "undef", "comment", "begin_block", "end_block", "method", "heredoc_body"}


def method_of(node: Node | None) -> str:
    """The name of the method that a call calls, or ""."""
    name = node.child_by_field_name("method") if node is not None and node.type == "call" else None
    return text_of(name) if name is not None else ""


def is_worth_showing(value: Node) -> bool:
    """Whether the last value of a method says something about it."""
    if value.type in _NOT_SHOWN or value.type in {"while_modifier", "until_modifier"}:
        return False
    return method_of(value) not in _SILENT and not (value.type == "identifier" and text_of(value) in _SILENT)


def brackets(value: Node) -> tuple[str, str]:
    """What is put around a value so that it is one argument: nothing, parentheses, or those of an array."""
    if value.type == "argument_list":
        pairs = all(one.type in {"pair", "hash_splat_argument"} for one in value.named_children)
        return ("", "") if pairs else ("[", "]")
    return ("", "") if _is_argument(value) else ("(", ")")


def _is_argument(value: Node) -> bool:
    if value.type in _PLAIN:
        return True
    if value.type in {"call", "yield"}:
        arguments = value.child_by_field_name("arguments") or next(
            (one for one in value.named_children if one.type == "argument_list"), None
        )
        return arguments is None or text_of(arguments).startswith("(")
    if value.type in {"binary", "unary"}:
        operator = value.child_by_field_name("operator")
        if operator is None or text_of(operator) in {"and", "or", "not", "defined?"}:
            return False
        last = value.child_by_field_name("operand") or value.child_by_field_name("right")
        return last is not None and _is_argument(last)
    if value.type in {"assignment", "operator_assignment"}:
        left, right = value.child_by_field_name("left"), value.child_by_field_name("right")
        return left is not None and not left.type.endswith("_list") and right is not None and _is_argument(right)
    return False
