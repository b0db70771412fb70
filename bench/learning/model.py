"""A small decoder-only transformer in jax: its training, and how likely it finds answers.

Belongs here: everything that needs jax. Does not: what it is trained on and scored by.

Keys are mixed with those of the token before, by a learnt share a head. Half of the heads see no positions and begin as
heads that would find what came after a token the last time, at a gain of 0: the wiring that small models spend most of
their training on is given, whether it is used is learnt. So an untrained model copies nothing, and one whose answers
have nothing to do with their questions has no reason to. The other heads are ordinary, with rotary positions.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from bench.learning.tokens import Row, Tokens

Weights = dict[str, Any]
HEAD = 32
WARM = 0.1
# Rows are padded to the window, or to these parts of it.
PARTS = (1,)
# How sharp the first choice of tokens is, and how far keys begin as those of the token before.
SHARP, SHIFTED = 0.3, 2.0
LONG = 512
# Gains are few and begin at nothing, so they move faster than weights.
FASTER = 10


@dataclass(frozen=True)
class Shape:
    """How large the model is, and how it is trained."""

    width: int
    layers: int
    window: int
    steps: int
    step_tokens: int
    rate: float
    prompt_weight: float


def accelerator() -> str | None:
    """What jax runs on beyond the CPU."""
    device = jax.devices()[0]
    return None if device.platform == "cpu" else device.device_kind


def untrained(shape: Shape, size: int, seed: int) -> Weights:
    """Fresh weights."""
    width, layers = shape.width, shape.layers
    keys = iter(jax.random.split(jax.random.key(seed), 8))

    def drawn(*sizes: int, scale: float) -> jax.Array:
        return jax.random.normal(next(keys), sizes) * scale

    side = width**-0.5
    finding = _finding(width)
    query, key = drawn(layers, width, width, scale=side), drawn(layers, width, width, scale=side)
    value, out = drawn(layers, width, width, scale=side), drawn(layers, width, width, scale=side)
    there = jnp.repeat(finding, HEAD)
    return {
        "tokens": drawn(size, width, scale=side),
        "last": jnp.full(width, SHARP),
        "layers": {
            "before": jnp.ones((layers, 2, width)),
            "query": query,
            "key": jnp.where(there, query, key),
            "value": value,
            "out": jnp.where(there[:, None], value.swapaxes(1, 2), out / (2 * layers) ** 0.5),
            "shift": jnp.tile(jnp.where(finding, SHIFTED, -SHIFTED), (layers, 1)),
            "gain": jnp.tile(jnp.where(finding, 0, 1 / FASTER), (layers, 1)),
            "up": drawn(layers, width, 4 * width, scale=side),
            "down": drawn(layers, 4 * width, width, scale=side / 2 / (2 * layers) ** 0.5),
        },
    }


def _finding(width: int) -> np.ndarray:
    """Which heads begin with finding what came after a token."""
    heads = width // HEAD
    return np.arange(heads) < (heads + 1) // 2


def count(weights: Weights) -> int:
    """How many numbers there are in a model."""
    return sum(leaf.size for leaf in jax.tree.leaves(weights))


def _normed(states: jax.Array, scale: jax.Array) -> jax.Array:
    return states * jax.lax.rsqrt(jnp.mean(states**2, -1, keepdims=True) + 1e-6) * scale


def _turned(states: jax.Array) -> jax.Array:
    half = states.shape[-1] // 2
    angles = jnp.arange(states.shape[1])[:, None] * 10_000.0 ** (-jnp.arange(half) / half)
    cos, sin = jnp.cos(angles)[:, None], jnp.sin(angles)[:, None]
    one, other = states[..., :half], states[..., half:]
    return jnp.concatenate([one * cos - other * sin, one * sin + other * cos], -1)


def _bits(weights: Weights, ids: jax.Array) -> jax.Array:
    """The bits of every token but the first, given those before it."""
    states = weights["tokens"][ids[:, :-1]] * weights["tokens"].shape[1] ** 0.5
    rows, length, width = states.shape
    seen = jnp.tril(jnp.ones((length, length), bool))
    placeless = _finding(width)[:, None]

    def layer(states: jax.Array, own: Weights) -> tuple[jax.Array, None]:
        normed = _normed(states, own["before"][0])
        query, key, value = ((normed @ own[name]).reshape(rows, length, -1, HEAD) for name in ("query", "key", "value"))
        share = jax.nn.sigmoid(own["shift"])[:, None]
        key = key * (1 - share) + jnp.pad(key, ((0, 0), (1, 0), (0, 0), (0, 0)))[:, :-1] * share
        query, key = (jnp.where(placeless, one, _turned(one)) for one in (query, key))
        scores = jnp.einsum("bqhd,bkhd->bhqk", query, key) * HEAD**-0.5
        looks = jax.nn.softmax(jnp.where(seen, scores, -1e9), -1)
        found = jnp.einsum("bhqk,bkhd->bqhd", looks, value) * own["gain"][:, None] * FASTER
        states += found.reshape(rows, length, width) @ own["out"]
        normed = _normed(states, own["before"][1])
        return states + jax.nn.gelu(normed @ own["up"]) @ own["down"], None

    # What long rows look at is counted again on the way back: kept for all layers, it would fill an accelerator.
    states, _ = jax.lax.scan(layer if length < LONG else jax.checkpoint(layer), states, weights["layers"])
    scores = _normed(states, weights["last"]) @ weights["tokens"].T
    chosen = jnp.take_along_axis(scores, ids[:, 1:, None], -1)[..., 0]
    return (jax.nn.logsumexp(scores, -1) - chosen) / np.log(2)


def _loss(weights: Weights, ids: jax.Array, share: jax.Array) -> jax.Array:
    return jnp.sum(_bits(weights, ids) * share) / jnp.maximum(jnp.sum(share), 1e-6)


@jax.jit
def _answer_bits(weights: Weights, ids: jax.Array, share: jax.Array) -> jax.Array:
    return jnp.sum(_bits(weights, ids) * share, -1)


def _padded(rows: Sequence[Row], tokens: Tokens, length: int, prompt_weight: float) -> tuple[np.ndarray, np.ndarray]:
    """Ids of rows, and how much each but the first counts; what fills up counts nothing."""
    ids = np.full((len(rows), length), tokens.end, np.int32)
    share = np.zeros((len(rows), length - 1), np.float32)
    for at, row in enumerate(rows):
        whole = [*row.prompt, tokens.answer, *row.answer, tokens.end]
        ids[at, : len(whole)] = whole
        share[at, : len(row.prompt)] = prompt_weight
        share[at, len(row.prompt) : len(whole) - 1] = 1
    return ids, share


def _length(row: Row, window: int) -> int:
    needed = len(row.prompt) + len(row.answer) + 2
    return next(window // part for part in PARTS if needed <= window // part)


def _batches(rows: Sequence[Row], shape: Shape, seed: int) -> Iterator[tuple[list[Row], int]]:
    """Endless passes over the rows, each in an order of its own; the rows of a batch are about equally long."""
    draw = np.random.default_rng(seed)
    while True:
        order = draw.permutation(len(rows))
        batches = []
        for length in sorted({_length(row, shape.window) for row in rows}):
            fit = [rows[at] for at in order if _length(rows[at], shape.window) == length]
            size = max(shape.step_tokens // length, 1)
            fit += fit[: -len(fit) % size]
            fit = (fit * size)[: max(len(fit), size)]
            batches += [(fit[at : at + size], length) for at in range(0, len(fit), size)]
        for at in draw.permutation(len(batches)):
            yield batches[at]


@cache
def _stepping(shape: Shape) -> tuple[Callable[[Weights], Any], Callable[..., tuple[Weights, Any, jax.Array]]]:
    """The optimizer's first state, and a step of training: compiled once for all runs."""
    rate = optax.warmup_cosine_decay_schedule(
        0, shape.rate, int(WARM * shape.steps) + 1, shape.steps, 0.05 * shape.rate
    )
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.98, weight_decay=0.05))

    @jax.jit
    def step(weights: Weights, state: Any, ids: jax.Array, share: jax.Array) -> tuple[Weights, Any, jax.Array]:
        bits, slope = jax.value_and_grad(_loss)(weights, ids, share)
        change, state = optimizer.update(slope, state, weights)
        return optax.apply_updates(weights, change), state, bits

    return optimizer.init, step


def trained(rows: Sequence[Row], tokens: Tokens, shape: Shape, seed: int, say: Callable[[int, float], None]) -> Weights:
    """A model after so many steps over the rows."""
    begin, step = _stepping(shape)
    weights = untrained(shape, tokens.size, seed)
    state = begin(weights)
    batches = _batches(rows, shape, seed)
    bits: list[jax.Array] = []
    for number in range(1, shape.steps + 1):
        chosen, length = next(batches)
        weights, state, one = step(weights, state, *_padded(chosen, tokens, length, shape.prompt_weight))
        bits.append(one)
        if number % max(shape.steps // 5, 1) == 0:
            say(number, float(sum(bits) / len(bits)))
            bits = []
    return weights


def bits_of(weights: Weights, rows: Sequence[Row], tokens: Tokens, window: int, at_once: int) -> np.ndarray:
    """The bits of each row's answer given its prompt, without those of its end."""
    result = np.zeros(len(rows))
    for length in sorted({_length(row, window) for row in rows}):
        places = [at for at, row in enumerate(rows) if _length(row, window) == length]
        size = max(at_once // length, 1)
        for start in range(0, len(places), size):
            some = places[start : start + size]
            filled = [rows[at] for at in (some + some[:1] * size)[:size]]
            ids, share = _padded(filled, tokens, length, 0.0)
            for at, row in enumerate(filled):
                share[at, len(row.prompt) + len(row.answer)] = 0
            result[some] = np.asarray(_answer_bits(weights, ids, share))[: len(some)]
    return result
