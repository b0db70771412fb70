"""The check that benchmarks and training samples have nothing in common, over configs with different columns."""

from types import SimpleNamespace

import polars as pl
import pytest

from alchemy_assets.orchestration.assets.release import APART


def staged(folder, repositories):
    """Files of a release: config, repository of its one row, further columns."""
    paths, files = [], []
    for number, (config, repository, more) in enumerate(repositories):
        row = {
            "blob_id": f"{number}",
            "near_duplicate_cluster": f"{number}",
            "occurrences": [{"repo_name": repository}],
        }
        paths.append(folder / f"{number}.parquet")
        pl.DataFrame([row | more]).write_parquet(paths[-1])
        files.append(SimpleNamespace(part=f"{config}/0.parquet"))
    return SimpleNamespace(paths=paths, files=files)


@pytest.mark.parametrize(("repository", "passed"), [("other", True), ("rewritten", False)])
def test_configs_of_different_columns_are_compared(tmp_path, repository, passed):
    """Rewritings have columns of their own, wherever they stand among the files."""
    files = [("code-dev", "plain", {}), ("code-enhance", "rewritten", {"corpus": "local"})]
    outcome = APART.look(staged(tmp_path, [*files, ("trace-eval", repository, {})]))
    assert outcome.passed is passed
