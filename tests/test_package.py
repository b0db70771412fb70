"""The package as it is installed from a wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory) -> set[str]:
    """The names of the files in a wheel that is built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return set(zipfile.ZipFile(next(folder.glob("*.whl"))).namelist())


@pytest.mark.parametrize("pattern", ["*.txt", "*.j2", "*.py"])
def test_a_wheel_holds_what_the_package_reads(names, pattern):
    """Phrasings, known names, helpers and the card's template travel with the code."""
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "alchemy_assets").rglob(pattern)}
    assert files
    assert files <= names


def test_a_wheel_holds_the_sql_models(names):
    """The SQL of the metrics lies inside the package, where an installed one looks for it."""
    assert {f"alchemy_assets/dbt_like_sql/{path.name}" for path in (ROOT / "dbt_like_sql").glob("*.sql")} <= names
