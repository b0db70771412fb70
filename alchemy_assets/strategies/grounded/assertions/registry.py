"""The languages in which tests of functions are written, and the one way to write regression tests of a program.

Belongs here: from a language to what it brings. Does not: the languages (their own modules).
"""

from collections.abc import Mapping
from types import MappingProxyType

from alchemy_assets.strategies.grounded.assertions import go, java, javascript, php, python, ruby, shell
from alchemy_assets.strategies.grounded.assertions.suite import Calling

CALLING: Mapping[str, Calling] = MappingProxyType(
    {
        "Go": go.CALLING,
        "Java": java.CALLING,
        "JavaScript": javascript.CALLING,
        "PHP": php.CALLING,
        "Python": python.CALLING,
        "Ruby": ruby.CALLING,
        "TypeScript": javascript.CALLING,
    }
)
"""What each language brings whose functions are called."""

regression = shell.regression
