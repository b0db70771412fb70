"""Prompts: the file first, the task last, and nothing left open."""

from importlib import resources

import jinja2
import pytest

from alchemy_assets.generation.templates import _template, rendered, turns

SHOWN = {"language": "Python", "path": "a.py", "code": "```python\nx = 1\n```", "whole": True}
NAMES = sorted(
    path.name.removesuffix(".j2") for path in resources.files("alchemy_assets.generation").joinpath("prompts").iterdir()
)


def test_all_requests_of_a_file_share_their_beginning():
    """Of two tasks over one file the system's turn and the file are the same, so that a server finds them again."""
    one = turns("enhance_rewrite", SHOWN, {"weaknesses": "names"})
    other = turns("enhance_score", SHOWN, {"criteria": {"naming": "names"}})
    assert one[0] == other[0]
    shared = rendered("file", SHOWN)
    assert one[1][1].startswith(shared + "\n\n")
    assert other[1][1].startswith(shared + "\n\n")
    assert shared.endswith("```python\nx = 1\n```")


def test_an_excerpt_is_called_one():
    """A model is told where it does not see the whole file."""
    assert "excerpt" in rendered("file", SHOWN | {"whole": False})
    assert "excerpt" not in rendered("file", SHOWN)


def test_a_missing_value_is_an_error():
    """A prompt with a hole in it is never sent."""
    with pytest.raises(jinja2.UndefinedError, match="weaknesses"):
        turns("enhance_rewrite", SHOWN, {})


def test_what_stands_in_a_file_is_no_template():
    """Braces of a file are text."""
    code = "```python\nx = '{{ 7 * 7 }}{% raw %}'\n```"
    assert code in turns("enhance_rewrite", SHOWN | {"code": code}, {"weaknesses": "-"})[1][1]


@pytest.mark.parametrize("name", NAMES)
def test_every_prompt_can_be_read(name):
    """Each template is syntactically whole."""
    assert _template(name).name == f"{name}.j2"
