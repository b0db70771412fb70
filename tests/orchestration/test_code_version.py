"""Code versions: what a change of code makes stale."""

from alchemy_assets.orchestration.code_version import reached


def names(*modules: str) -> set[str]:
    return {path.name for path in reached(modules)}


def test_imports_are_followed():
    """The version of a table covers what its module imports, at any depth, and the data files beside it."""
    assert {"record.py", "python.py", "shell.py", "syntax_tree.py", "languages.py", "sandbox.py"} <= names(
        "alchemy_assets.tracing.record"
    )
    assert "card.md.j2" in names("alchemy_assets.release.card")
    assert "completion.txt" in names("alchemy_assets.strategies.code_qa")


def test_what_is_not_imported_does_not_count():
    """A change of the release's card leaves curation current."""
    assert not {"card.py", "build.py", "containment.py"} & names("alchemy_assets.curation.stages")
