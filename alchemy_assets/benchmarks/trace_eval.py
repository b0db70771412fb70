"""TraceEval: predict the trace files of a held-out program.

Belongs here: the items of the benchmark. Does not: asking a model, and scores (`scoring`).
An item has the columns of a sample; the second message is the reference, which a model is not shown.
"""

import polars as pl

from alchemy_assets.strategies.code_trace import judged
from alchemy_assets.strategies.strategy import CODE_TRACE, tables

STRATEGY = "trace_eval"
# All items are asked alike, so that scores compare models and not phrasings.
PHRASING = (
    "Here are an instrumented {language} program and the script that runs its tests.\n\n{files}\n\n"
    "Predict the exact contents of {names} after running `bash run.sh` in a folder that holds only these files. Write"
    " each between a line ===STDERR:<file name>:START=== and a line ===STDERR:<file name>:END===, and nothing else."
)


def items(traces: pl.DataFrame) -> pl.DataFrame:
    """The items that held-out traces make, in the columns of `samples`; not for training, so never released as such."""
    # The frame of trace files is CodeTrace's own, and allowed in its conversations only.
    made, _ = tables(CODE_TRACE, judged(traces, held_out=True, kind="trace_item", phrasing=PHRASING))
    return made.with_columns(strategy=pl.lit(STRATEGY))
