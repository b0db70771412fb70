"""TraceEval: predict the trace files of a held-out program.

Belongs here: the items of the benchmark. Does not: asking a model, and scores (`scoring`).
An item has the columns of a sample; the second message is the reference, which a model is not shown.
"""

import polars as pl

from alchemy_assets.curation.held_out import is_drawn
from alchemy_assets.settings import HeldOut
from alchemy_assets.strategies.code_trace import judged
from alchemy_assets.strategies.strategy import CODE_TRACE, Rejected, Verified, tables

STRATEGY = "trace_eval"
# All items are asked alike, so that scores compare models and not phrasings.
PHRASING = (
    "Here are an instrumented {language} program and the script that runs its tests.\n\n{files}\n\n"
    "Predict the exact contents of {names} after running `bash run.sh` in a folder that holds only these files. Write"
    " each between a line ===STDERR:<file name>:START=== and a line ===STDERR:<file name>:END===, and nothing else."
)


# The file keeps out of training all the same: the training side always loses.
ELSEWHERE = "it also occurs in a repository that is not held out"


def items(traces: pl.DataFrame, held_out: HeldOut) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The items that held-out traces make, and those that were not accepted; columns of `samples`, `rejected_samples`."""

    def apart(one: Verified | Rejected) -> Verified | Rejected:
        names = {str(place["repo_name"]) for place in one.draft.file.occurrences} - {""}
        inside = all(is_drawn(name, held_out) for name in names)
        return one if inside else Rejected(one.draft, (ELSEWHERE,), ", ".join(sorted(names)))

    # The frame of trace files is CodeTrace's own, and allowed in its conversations only.
    made, rejected = tables(CODE_TRACE, map(apart, judged(traces, held_out=True, kind="trace_item", phrasing=PHRASING)))
    strategy = pl.lit(STRATEGY).alias("strategy")
    return made.with_columns(strategy), rejected.with_columns(strategy)
