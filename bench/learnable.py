"""Is a kind of sample learnable, and do its answers hang on their questions? A small held-out experiment.

    python bench/learnable.py SAMPLES KIND [--steps N] [--width W] [--layers L] [--window TOKENS] [--seeds S] ...

SAMPLES is a Parquet file (or a folder of them) of the table `samples`, as a strategy stores it or as `bench.grounded make
--samples` writes it. Needs jax, optax, numpy and polars, in an environment of its own (docs/learnable.md); nothing of
`alchemy_assets`. jax takes an accelerator where there is one.

A small transformer is trained from scratch on the samples of some files; a control in the same way on the same questions,
with the same answers handed around among samples of one language, form and about one length. Both are scored on true
samples of other files: bits per byte of the answers given their questions, and how often the true answer is likelier a byte
than those of three other held-out samples of that language, form and about that length. Beside them: the untrained model,
and deflate with the question as its dictionary, which copies and learns nothing. Figures have 95 % intervals: bootstrap over
blocks of four held-out files, of means over the seeds.
"""

import argparse
import importlib.util
import sys
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

if importlib.util.find_spec("jax") is None or importlib.util.find_spec("optax") is None:
    sys.exit("bench/learnable.py needs jax and optax, in an environment of its own: docs/learnable.md says how")

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # started as a file, it finds `bench` by this

from bench.learning import model
from bench.learning.pairs import CHOICES, Pair, blocks, handed_around, pairs_of, split
from bench.learning.tokens import Row, Tokens, learnt, row

# What of a long prompt is next to its question, where that is not the end of its code.
MARKS = {
    "completion": "your code here|body left out|to be written|fill this in|missing|implement this|body goes here|"
    r"\(the part to write\)|implementation\?|\.\.\. the body \.\.\.|write me|cut here|not shown|your turn",
    "fill_in_the_middle": r"\?\?\? missing code|<<< code goes|\[\.\.\. cut out|--> fill in|>>> \?\?\? <<<|\(missing lines\)|"
    r"=== hole ===|\*\*\* your lines|\[left out\]|what stands here\?|__HOLE__|<missing>|\[\?\?\?\]|____|<<\?>>|\{\{hole|"
    r"___GAP___|\[\.\.\.cut\.\.\.\]|<BLANK>",
}
DRAWS = 4_000
TRUE, CONTROL, UNTRAINED, DEFLATE = "true answers", "answers handed around", "untrained", "deflate, no learning"


@dataclass(frozen=True)
class Score:
    """Of each block: bits and bytes of its true pairs, and the share of its answers that were found."""

    bits: np.ndarray
    bytes: np.ndarray
    answers: np.ndarray


def crossed(held: Sequence[Sequence[Row]]) -> list[Row]:
    """Every question of a block with every answer of it, question by question."""
    return [Row(asked.prompt, given.answer) for block in held for asked in block for given in block]


def scored(bits: np.ndarray, held: Sequence[Sequence[Row]], tokens: Tokens) -> Score:
    """What the bits of crossed rows come to."""
    table = bits.reshape(len(held), CHOICES, CHOICES)
    sizes = np.array([[len(tokens.decode(one.answer)) for one in block] for block in held], float)
    a_byte = table / sizes[:, None, :]
    own = np.arange(CHOICES)
    return Score(
        bits=table[:, own, own].sum(1),
        bytes=sizes.sum(1),
        answers=(a_byte.argmin(2) == own).mean(1),
    )


def deflated(held: Sequence[Sequence[Row]], tokens: Tokens) -> np.ndarray:
    """The bits of crossed rows' answers by deflate that knows the question."""
    bits = []
    for one in crossed(held):
        packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_DEFAULT_STRATEGY, tokens.decode(one.prompt))
        bits.append(8 * len(packer.compress(tokens.decode(one.answer)) + packer.flush()))
    return np.array(bits, float)


def mean(scores: Sequence[Score]) -> Score:
    """The mean over seeds, block by block."""
    return Score(*(np.mean([getattr(one, name) for one in scores], 0) for name in Score.__dataclass_fields__))


def interval(values: np.ndarray, weights: np.ndarray) -> tuple[float, float, float]:
    """A weighted mean over blocks, and the bounds that hold 95 % of 4,000 draws of as many blocks."""
    draw = np.random.default_rng(0)
    chosen = draw.integers(0, len(values), (DRAWS, len(values)))
    drawn = values[chosen].sum(1) / weights[chosen].sum(1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(values.sum() / weights.sum()), float(low), float(high)


def shown(found: tuple[float, float, float]) -> str:
    """A figure with its interval."""
    return f"{found[0]:6.3f} [{found[1]:.3f}, {found[2]:.3f}]"


def table(scores: Mapping[str, Score]) -> list[str]:
    """One line a model, and the difference of the first two."""
    lines = [f"{'':<24}{'bits per byte':<26}{'answer found of 4':<26}"]
    for name, one in scores.items():
        ones = np.ones(len(one.bits))
        cells = (interval(one.bits, one.bytes), interval(one.answers, ones))
        lines.append(f"{name:<24}" + "".join(f"{shown(cell):<26}" for cell in cells))
    lines.append(f"{'true minus control':<24}" + "".join(f"{shown(gain):<26}" for gain in gains(scores).values()))
    return lines


def gains(scores: Mapping[str, Score]) -> dict[str, tuple[float, float, float]]:
    """How far the model of true answers is from its control, block by block."""
    true, control = scores[TRUE], scores[CONTROL]
    ones = np.ones(len(true.bits))
    return {
        "bits per byte": interval(true.bits - control.bits, true.bytes),
        "choice of answers": interval(true.answers - control.answers, ones),
    }


def verdict(scores: Mapping[str, Score]) -> str:
    """One line: by which scores true answers are told from those handed around."""
    found = gains(scores)
    sure = [name for name, (_, low, high) in found.items() if (high < 0 if name == "bits per byte" else low > 0)]
    if not sure:
        return "does NOT separate from its control by any score: nothing is shown"
    missing = [name for name in found if name not in sure]
    but = f", but not by {' or '.join(missing)}" if missing else ""
    return f"separates from its control by {', '.join(sure)} (95 % intervals without 0){but}"


def rows_of(pairs: Sequence[Pair], tokens: Tokens, chosen: argparse.Namespace) -> list[Row]:
    """Pairs cut to the window."""
    return [row(pair, tokens, chosen.window, chosen.mark) for pair in pairs]


def experiment(pairs: Sequence[Pair], chosen: argparse.Namespace) -> dict[str, Score]:
    """Train and score everything, and say what it is about."""
    training, held_out = split(pairs, chosen.share)
    fours = blocks(held_out, chosen.held_out)
    if not fours or len(training) < CHOICES:
        sys.exit(
            f"too few samples: {len(training)} to train on, {len(held_out)} held out, {len(fours)} blocks of {CHOICES}"
        )
    tokens = learnt((text for pair in training for text in (pair.prompt, pair.answer)), chosen.merges)
    held = [alike(rows_of(block, tokens, chosen), chosen.window) for block in fours]
    shape = model.Shape(
        *(
            chosen.width,
            chosen.layers,
            chosen.window,
            chosen.steps,
            chosen.step_tokens,
            chosen.rate,
            chosen.prompt_weight,
        )
    )
    cut = np.mean([len(tokens.encode(pair.prompt + pair.answer)) > chosen.window - 2 for pair in training])
    say(
        f"{len(training)} samples of {len({pair.group for pair in training})} groups of files to train on, "
        f"{CHOICES * len(fours)} held-out ones, each of another group; {cut:.0%} do not fit into the window and are cut"
    )
    fresh = model.untrained(shape, tokens.size, 0)
    say(f"{model.count(fresh):,} parameters, {tokens.size} tokens, {chosen.steps} steps of {chosen.step_tokens} tokens")
    cross = crossed(held)

    def score(weights: model.Weights) -> Score:
        return scored(model.bits_of(weights, cross, tokens, chosen.window, chosen.step_tokens), held, tokens)

    found: dict[str, list[Score]] = {TRUE: [], CONTROL: []}
    for seed in range(chosen.first_seed, chosen.first_seed + chosen.seeds):
        giver = handed_around(training, seed)
        hands = {TRUE: {at: at for at in giver}, CONTROL: giver}
        own = dict(zip(giver, rows_of([training[at] for at in giver], tokens, chosen), strict=True))
        given = {
            name: [handed(own[at], own[whose[at]], chosen.window) for at in giver] for name, whose in hands.items()
        }
        for name, rows in given.items():
            started = time.monotonic()
            weights = model.trained(
                rows, tokens, shape, seed, lambda at, bits: say(f"  step {at}: {bits:.3f} bits a token")
            )
            found[name].append(score(weights))
            say(f"seed {seed}, {name}: {len(rows)} rows, {time.monotonic() - started:.0f} s")
    scores = {name: mean(several) for name, several in found.items()}
    return scores | {UNTRAINED: score(fresh), DEFLATE: scored(deflated(held, tokens), held, tokens)}


def handed(asked: Row, given: Row, window: int) -> Row:
    """A question with another's answer; what no longer fits goes from the question's beginning."""
    over = len(asked.prompt) + len(given.answer) + 2 - window
    return Row(asked.prompt[max(over, 0) :], given.answer)


def alike(block: Sequence[Row], window: int) -> list[Row]:
    """Questions that leave room for each answer of their block, so that none is cut by the answer it is scored with."""
    most = max(len(one.answer) for one in block)
    return [Row(one.prompt[max(len(one.prompt) + most + 2 - window, 0) :], one.answer) for one in block]


def say(line: str) -> None:
    """One line."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    """Run it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("samples", type=Path)
    parser.add_argument("kind")
    parser.add_argument("--languages", nargs="*", default=[])
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--width", type=int, default=160, help="a multiple of 32")
    parser.add_argument("--layers", type=int, default=3)
    parser.add_argument("--window", type=int, default=256, help="tokens of a question and its answer, a multiple of 4")
    parser.add_argument("--merges", type=int, default=1_500, help="byte pairs to learn")
    parser.add_argument("--step-tokens", type=int, default=4_096)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument(
        "--prompt-weight", type=float, default=0.0, help="what a token of a question counts in training"
    )
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--share", type=float, default=0.2, help="share of the groups of files that is held out")
    parser.add_argument("--held-out", type=int, default=240, help="at most so many held-out samples")
    parser.add_argument("--mark", help="of a long prompt, keep what is around the first match of this expression")
    chosen = parser.parse_args()
    if chosen.mark is None:
        chosen.mark = MARKS.get(chosen.kind, "")
    started = time.monotonic()
    samples = pl.scan_parquet(chosen.samples).filter(pl.col("kind") == chosen.kind).collect()
    if chosen.languages:
        samples = samples.filter(pl.col("language").is_in(chosen.languages))
    if samples.is_empty():
        sys.exit(f"{chosen.samples} holds no sample of the kind {chosen.kind}")
    where = model.accelerator()
    say(f"{chosen.kind}: {samples.height} samples; {where or 'toy size, CPU'}")
    scores = experiment(pairs_of(samples), chosen)
    say("\n".join(table(scores)))
    say(f"{'' if where else 'toy size, CPU: '}{chosen.kind} {verdict(scores)}; {time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
