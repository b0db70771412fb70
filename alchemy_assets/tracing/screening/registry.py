"""The screens that there are, by language.

Belongs here: from a language to the function that judges its files. Does not: the judging.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from alchemy_assets.tracing.reasons import Dropped
from alchemy_assets.tracing.screening import c, csharp, go, java, javascript, php, python, ruby, rust, shell, sql, swift

SCREEN: Mapping[str, Callable[[str], Dropped | None]] = MappingProxyType(
    {
        "C": c.screen_c,
        "CSharp": csharp.screen,
        "Cpp": c.screen_cpp,
        "Go": go.screen,
        "Java": java.screen,
        "JavaScript": javascript.screen_javascript,
        "PHP": php.screen,
        "Python": python.screen,
        "Ruby": ruby.screen,
        "Rust": rust.screen,
        "SQL": sql.screen,
        "Shell": shell.screen,
        "Swift": swift.screen,
        "TypeScript": javascript.screen_typescript,
    }
)
"""Why a file of a language is not worth running, or None."""
