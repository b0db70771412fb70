"""Speed of reading and curating, on one core: CPU seconds, with bare parsing beside in the same run. Never run by the tests.

    python -m bench [FOLDER]      (default: the standard library of this Python, without site-packages)

Prints one JSON line a figure.
"""

import json
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from alchemy_assets import syntax_tree
from alchemy_assets.corpora import local_files
from alchemy_assets.corpora.index import index
from alchemy_assets.curation import near_duplicates
from alchemy_assets.curation.held_out import decide
from alchemy_assets.curation.stages import row_stages
from alchemy_assets.settings import LocalCorpus, Settings

if TYPE_CHECKING:
    from alchemy_assets.corpora.found import Found, Rejected


T = TypeVar("T")


def measure(name: str, files: pl.DataFrame, work: Callable[[], T]) -> T:
    """Run once, and print files and MB per CPU second."""
    started = time.process_time()
    result = work()
    seconds = time.process_time() - started
    size = int(files["length_bytes"].sum())
    figure = {
        "figure": name,
        "files": files.height,
        "cpu_seconds": round(seconds, 3),
        "files_per_cpu_second": round(files.height / seconds),
        "mb_per_cpu_second": round(size / 1e6 / seconds, 2),
    }
    print(json.dumps(figure), flush=True)
    return result


def main() -> None:
    """Measure every stage on the files of a folder."""
    root = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_path("stdlib"))
    settings = Settings()
    inputs: list[Found | Rejected] = [
        one for one in local_files.read(LocalCorpus(path=root)) if "site-packages/" not in one.location
    ]
    with tempfile.TemporaryDirectory() as scratch:
        started = time.process_time()
        files = pl.concat([frame for _, _, frame in index("local", inputs, settings, Path(scratch)).parts()])
        spent = time.process_time() - started
    print(json.dumps({"figure": "index", "inputs": len(inputs), "cpu_seconds": round(spent, 3)}), flush=True)
    pairs = list(files.select("language", "text").iter_rows())
    measure("bare tree-sitter", files, lambda: [syntax_tree.parse(language, text.encode()) for language, text in pairs])
    verdicts = [measure(stage.name, files, partial(stage.judge, files)) for stage in row_stages(settings)]
    signed = measure("near-duplicate signatures", files, lambda: near_duplicates.sign(files))
    standing = near_duplicates.standing(decide(files, settings.held_out), verdicts)
    measure(
        "near-duplicate clusters",
        files,
        lambda: near_duplicates.cluster(signed, standing, settings.near_duplicates.jaccard),
    )


if __name__ == "__main__":
    main()
