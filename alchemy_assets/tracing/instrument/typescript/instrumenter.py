"""Put trace points into TypeScript programs.

Belongs here: what TypeScript has beside JavaScript. Does not: the statements of both (`javascript`).
"""

from alchemy_assets.syntax_tree import parse
from alchemy_assets.tracing.instrument.found import Found, find, helper_text
from alchemy_assets.tracing.instrument.javascript.instrumenter import dialect_for, place_helper
from alchemy_assets.tracing.reasons import Dropped


def find_points(source: str) -> Found | Dropped:
    """All trace points that a TypeScript program could have, and the helper that they call."""
    return find(
        "TypeScript",
        source,
        lambda root, raw: dialect_for(root, source),  # noqa: ARG005 -- the text is searched
        lambda root, raw, made: place_helper(root, raw, made.trace, helper_text("typescript")),
    )


def parses(source: str) -> bool:
    """Whether the grammar understands a script; the compiler has the last word."""
    return not parse("TypeScript", source.encode()).root_node.has_error
