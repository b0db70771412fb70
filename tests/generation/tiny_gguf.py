"""Builds a language model with random weights that llama.cpp runs: a Llama of two layers in a GGUF file under 1 MB.

Belongs here: the file's format and the model's shape. Does not: serving it (`conftest.py`).
What it writes means nothing, yet is text: printable characters and words of code, ended by itself after some 60 tokens.
"""

import math
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WIDTH, HEADS, KV_HEADS, HIDDEN, LAYERS, CONTEXT = 64, 4, 2, 128, 2, 131_072
WORDS = (
    "def",
    "return",
    "import",
    "class",
    "print",
    "self",
    "▁the",
    "▁of",
    "▁is",
    "▁a",
    "▁=",
    "▁if",
    "::",
    "==",
    "();",
    "```",
)
ROLES = ("system", "user", "assistant", "tool")
TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)
ANSWER_TOKENS = 60

_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6
_U32, _I32, _F32, _BOOL, _STRING, _ARRAY = 4, 5, 6, 7, 8, 9
_ALIGNMENT = 32

Fact = str | bool | float | list[str] | list[float] | list[int]


def _vocabulary() -> list[tuple[str, int]]:
    """Tokens with their kinds: SentencePiece joins neighbours only by way of tokens, so a word brings its beginnings along."""
    control = [
        ("<unk>", _UNKNOWN),
        ("<s>", _CONTROL),
        ("</s>", _CONTROL),
        *((f"<|{role}|>", _CONTROL) for role in ROLES),
    ]
    letters = [chr(code) for code in range(33, 127)]
    beginnings = {word[:length] for word in WORDS for length in range(2, len(word) + 1)}
    pieces = ["▁", "\n", *letters, *sorted(beginnings, key=lambda piece: (-len(piece), piece))]
    return [*control, *((f"<0x{byte:02X}>", _BYTE) for byte in range(256)), *((piece, _NORMAL) for piece in pieces)]


def _string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: Fact) -> tuple[int, bytes]:
    if isinstance(value, list):
        kind = _I32 if isinstance(value[0], int) else _value(value[0])[0]
        return _ARRAY, struct.pack("<IQ", kind, len(value)) + b"".join(_value(one)[1] for one in value)
    if isinstance(value, str):
        return _STRING, _string(value)
    if isinstance(value, bool):
        return _BOOL, struct.pack("<?", value)
    return (_U32, struct.pack("<I", value)) if isinstance(value, int) else (_F32, struct.pack("<f", value))


def _tensors(vocabulary: list[tuple[str, int]], seed: int) -> dict[str, NDArray[np.float32]]:
    draw = np.random.default_rng(seed)

    def weights(rows: int, columns: int, scale: float = 1.0) -> NDArray[np.float32]:
        return (draw.standard_normal((rows, columns)) * scale / math.sqrt(columns)).astype(np.float32)

    ones = np.ones(WIDTH, np.float32)
    kv = WIDTH * KV_HEADS // HEADS
    tensors = {
        "token_embd.weight": weights(len(vocabulary), WIDTH, 8.0),
        "output.weight": weights(len(vocabulary), WIDTH, 1.0),
        "output_norm.weight": ones,
    }
    for layer in range(LAYERS):
        shapes = {
            "attn_q": (WIDTH, WIDTH),
            "attn_k": (kv, WIDTH),
            "attn_v": (kv, WIDTH),
            "attn_output": (WIDTH, WIDTH),
            "ffn_gate": (HIDDEN, WIDTH),
            "ffn_up": (HIDDEN, WIDTH),
            "ffn_down": (WIDTH, HIDDEN),
        }
        tensors |= {f"blk.{layer}.{name}.weight": weights(*shape, 0.5) for name, shape in shapes.items()}
        tensors |= {f"blk.{layer}.{name}.weight": ones for name in ("attn_norm", "ffn_norm")}
    # A first dimension that is always about the same is the bias that a Llama lacks: by it, no answer has stray bytes or
    # marks of turns in it, and each ends.
    tensors["token_embd.weight"][:, 0] = 4.0
    for row, (_, kind) in enumerate(vocabulary):
        tensors["output.weight"][row, 0] = 0.0 if kind == _NORMAL else -8.0
    pieces = sum(kind == _NORMAL for _, kind in vocabulary)
    tensors["output.weight"][2] = 0.0
    tensors["output.weight"][2, 0] = math.log(pieces / ANSWER_TOKENS) / 2.5
    return tensors


def build(path: Path, seed: int = 7) -> Path:
    """Write the model's file, the same bytes for the same seed, and give its path."""
    vocabulary = _vocabulary()
    tensors = _tensors(vocabulary, seed)
    facts: dict[str, Fact] = {
        "general.architecture": "llama",
        "general.name": "tiny",
        "general.alignment": _ALIGNMENT,
        "llama.block_count": LAYERS,
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.feed_forward_length": HIDDEN,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": KV_HEADS,
        "llama.attention.layer_norm_rms_epsilon": 1e-5,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": [token for token, _ in vocabulary],
        "tokenizer.ggml.scores": [-float(rank) for rank in range(len(vocabulary))],
        "tokenizer.ggml.token_type": [kind for _, kind in vocabulary],
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_space_prefix": False,
        "tokenizer.chat_template": TEMPLATE,
    }
    head = [b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(facts))]
    for key, value in facts.items():
        kind, packed = _value(value)
        head += [_string(key), struct.pack("<I", kind), packed]
    body = bytearray()
    for name, tensor in tensors.items():
        head += [
            _string(name),
            struct.pack(f"<I{tensor.ndim}Q", tensor.ndim, *reversed(tensor.shape)),
            struct.pack("<IQ", 0, len(body)),
        ]
        body += tensor.tobytes()
        body += bytes(-len(body) % _ALIGNMENT)
    first = b"".join(head)
    path.write_bytes(first + bytes(-len(first) % _ALIGNMENT) + body)
    return path
