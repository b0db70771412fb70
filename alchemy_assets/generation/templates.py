"""Render the prompts of `prompts/*.j2`: the file first, the task last, so that all requests of one file share their beginning.

Belongs here: rendering. Does not: any wording (`prompts/`), what is shown of a file (`strategies.generated.shown`).
A template is the task alone; `system.j2` and `file.j2` stand before every one of them, the same for all kinds.
"""

from collections.abc import Mapping
from functools import cache

from jinja2 import PackageLoader, StrictUndefined, Template
from jinja2.sandbox import SandboxedEnvironment


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=PackageLoader("alchemy_assets.generation", "prompts"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        autoescape=False,
    )


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.j2")


def rendered(name: str, values: Mapping[str, object]) -> str:
    """The text of a template; raises jinja2.UndefinedError where a value is missing."""
    return _template(name).render(values).strip()


def turns(name: str, shown: Mapping[str, object], values: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """The system's turn and the user's: the file (`language`, `path`, `code`, `whole`), then the task of the template."""
    task = rendered(name, {**shown, **values})
    return (("system", rendered("system", {})), ("user", f"{rendered('file', shown)}\n\n{task}"))
