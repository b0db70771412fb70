"""Which files are programs that can be run and foreseen."""

import pytest

from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.screening import python, shell


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("print 'hello'\n", Reason.COMPILE_ERROR),
        ("def f():\n    return 1\n\nX = 3\n", Reason.LIBRARY),
        ("import numpy\nprint(numpy.pi)\n", Reason.NEEDS_LIBRARY),
        ("from .rest import go\ngo()\n", Reason.NEEDS_LIBRARY),
        ("import random\nprint(random.random())\n", Reason.NONDETERMINISTIC),
        ("from datetime import datetime\nprint(datetime.now())\n", Reason.NONDETERMINISTIC),
        ("import os\nprint(os.listdir('.'))\n", Reason.NONDETERMINISTIC),
        ("print(id(3))\n", Reason.NONDETERMINISTIC),
        ("import hashlib\nprint(hashlib.md5(b'').hexdigest())\n", Reason.UNLEARNABLE),
    ],
)
def test_python_files_are_refused_for_a_reason(source, reason):
    """Old syntax, libraries, missing packages, chance, the clock and hashing each have their reason."""
    dropped = python.screen(source)
    assert dropped is not None
    assert dropped.reason is reason


def test_missing_package_is_named():
    """The detail holds the name of the package, so that the most wanted can be counted."""
    dropped = python.screen("import requests.auth\nrequests.get('x')\n")
    assert dropped is not None
    assert dropped.detail == "requests"


@pytest.mark.parametrize(
    "source",
    [
        "import sys\nprint(sys.argv)\n",
        "def main():\n    print(1)\n\nif __name__ == '__main__':\n    main()\n",
        "import datetime\nprint(datetime.date(2024, 2, 29))\n",
    ],
)
def test_plain_python_programs_pass(source):
    """A main guard or statements that act make a program; dates are fine as long as nobody asks for today."""
    assert python.screen(source) is None


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("f() {\n  echo 1\n}\n", Reason.LIBRARY),
        ("curl -s example.org\n", Reason.NEEDS_LIBRARY),
        (". ./lib.sh\nrun\n", Reason.NEEDS_LIBRARY),
        ("#!/bin/zsh\necho ${(f)x}\n", Reason.NEEDS_LIBRARY),
        ("echo $RANDOM\n", Reason.NONDETERMINISTIC),
        ("x=$(date +%s)\necho $x\n", Reason.NONDETERMINISTIC),
        ("echo x > /tmp/$$\n", Reason.NONDETERMINISTIC),
        ("echo x | md5sum\n", Reason.UNLEARNABLE),
    ],
)
def test_scripts_are_refused_for_a_reason(source, reason):
    """Functions alone, foreign commands and shells, chance, the clock, process ids and hashing are not for traces."""
    dropped = shell.screen(source)
    assert dropped is not None
    assert dropped.reason is reason


def test_scripts_with_text_tools_and_own_functions_pass():
    """awk, sort and the script's own functions are there in any sandbox."""
    assert shell.screen("#!/bin/sh\ndate() {\n  echo never\n}\ndate | sort | awk '{ print $1 }'\n") is None
