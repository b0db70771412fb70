"""datatrove's side of the bench: its filters, near-duplicates, decontamination and exact duplicates on a JSONL file.

    PYTHON bench/datatrove_side.py FILES.jsonl SCRATCH BENCHMARK.jsonl(.gz)

PYTHON has datatrove[io,processing]==0.10.1 and spacy (extra `bench`); it is a process of its own, so that neither side's
libraries weigh on the other. Every step runs in this process, on one core. One JSON line a step: CPU seconds.
"""

import collections
import contextlib
import gzip
import json
import os
import sys
import time
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

import loguru
import numpy as np
from datatrove.data import Document
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.decont import NGramsDecontConfig, NGramsDecontFilter, NGramsDecontIndexer
from datatrove.pipeline.dedup import ExactDedupFilter, ExactDedupSignature, ExactFindDedups
from datatrove.pipeline.dedup.exact_dedup import ExactDedupConfig
from datatrove.pipeline.dedup.minhash import (
    MinhashConfig,
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.formatters import PIIFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter
from datatrove.utils.hashing import HashConfig
from datatrove.utils.typeshelper import Languages

LANGUAGE = Languages.english


class Index(PipelineStep):
    """The index of NGramsDecontIndexer, whose own `run` asks for lighteval even where it gets documents."""

    type, name = NGramsDecontIndexer.type, NGramsDecontIndexer.name
    compute_hashes = NGramsDecontIndexer.compute_hashes

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__()
        # PipelineStep.__new__ refuses to make the original without lighteval, and subclasses of it too.
        original = object.__new__(NGramsDecontIndexer)
        NGramsDecontIndexer.__init__(original, *arguments, **named)
        self.__dict__.update(original.__dict__)

    def run(self, data: object = None, rank: int = 0, world_size: int = 1) -> None:  # noqa: ARG002 -- datatrove's signature
        """Write the hashes of each task's n-grams, in the layout that the filter reads."""
        hashes = collections.defaultdict(set)
        for document in data:
            hashes[document.metadata["task"]].update(self.compute_hashes(document.text, document.metadata["query"]))
        for task, found in hashes.items():
            with self.output_folder.open(f"{task}.index.hashes", mode="wb") as handle:
                handle.write(np.array(list(found), dtype=self.config.hash_config.np_descr).tobytes())


def text_of(document: Document) -> str:
    """What exact duplicates are compared by; datatrove reads the annotation to choose a hash."""
    return document.text


def pipeline(*steps: object) -> None:
    """Run steps in this process, rank 0 of 1."""
    data = None
    for step in steps:
        data = step(data, 0, 1)
    if data:
        collections.deque(data, maxlen=0)


def main() -> None:
    """Run every step and print what it cost."""
    loguru.logger.remove()
    source, scratch, benchmark = (Path(one) for one in sys.argv[1:4])
    size = sum(len(json.loads(line)["text"].encode()) for line in source.open(encoding="utf-8"))
    opened = gzip.open if benchmark.suffix == ".gz" else open
    with opened(benchmark, "rt", encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines]

    def read() -> JsonlReader:
        return JsonlReader(str(source.parent), glob_pattern=source.name)

    def kept(name: str) -> JsonlWriter:
        return JsonlWriter(str(scratch / name), compression=None)

    def measure(figure: str, *pipelines: tuple[object, ...]) -> None:
        started = time.process_time()
        for steps in pipelines:
            with contextlib.redirect_stdout(sys.stderr):
                pipeline(*steps)
        seconds = time.process_time() - started
        print(
            json.dumps(
                {
                    "figure": figure,
                    "cpu_seconds": round(seconds, 3),
                    "mb_per_cpu_second": round(size / 1e6 / seconds, 3),
                }
            ),
            flush=True,
        )

    relaxed = {
        "max_symbol_word_ratio": None,
        "min_stop_words": 0,
        "max_non_alpha_words_ratio": None,
        "min_avg_word_length": 1,
    }
    measure(
        "datatrove: filters with e-mail and IP redaction",
        (
            read(),
            GopherQualityFilter(language=LANGUAGE, **relaxed),
            GopherRepetitionFilter(language=LANGUAGE),
            PIIFormatter(),
            kept("filters"),
        ),
    )
    config = MinhashConfig(hash_config=HashConfig(precision=64), n_grams=5, num_buckets=14, hashes_per_bucket=8)
    minhash = {name: str(scratch / "minhash" / name) for name in ("signatures", "buckets", "remove")}
    measure(
        "datatrove: near-duplicates end to end",
        (read(), MinhashDedupSignature(minhash["signatures"], config=config, language=LANGUAGE)),
        *[
            (
                _Ranked(
                    MinhashDedupBuckets(minhash["signatures"], minhash["buckets"], config=config),
                    bucket,
                    config.num_buckets,
                ),
            )
            for bucket in range(config.num_buckets)
        ],
        (MinhashDedupCluster(minhash["buckets"], minhash["remove"], config=config),),
        (read(), MinhashDedupFilter(minhash["remove"]), kept("near-duplicates")),
    )
    grams = NGramsDecontConfig(n_grams=10, find_query_ngrams=True)
    index = str(scratch / "decontamination")
    documents = [
        Document(
            text=item["canonical_solution"], id=item["task_id"], metadata={"query": item["prompt"], "task": "items"}
        )
        for item in items
    ]
    pipeline(_Given(documents), Index(index, config=grams, language=LANGUAGE))
    measure(
        "datatrove: decontamination",
        (read(), NGramsDecontFilter(index, config=grams, language=LANGUAGE), kept("decontamination")),
    )
    exact = ExactDedupConfig(content_getter=text_of)
    folders = str(scratch / "exact" / "signatures"), str(scratch / "exact" / "duplicates")
    measure(
        "datatrove: exact duplicates",
        (read(), ExactDedupSignature(folders[0], config=exact)),
        (ExactFindDedups(*folders, config=exact),),
        (read(), ExactDedupFilter(folders[1], config=exact), kept("exact")),
    )


class _Ranked:
    """A step that splits its work by rank, run as one of its ranks."""

    def __init__(self, step: object, rank: int, world_size: int) -> None:
        self.step, self.rank, self.world_size = step, rank, world_size

    def __call__(self, data: object, _rank: int, _world_size: int) -> object:
        """Run the rank's share."""
        return self.step(data, self.rank, self.world_size)


class _Given:
    """Documents that are there already."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    def __call__(self, _data: object, _rank: int, _world_size: int) -> list[Document]:
        """The documents."""
        return self.documents


if __name__ == "__main__":
    main()
