import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.curation.decontamination.structure import WINDOW, structure
from alchemy_assets.curation.decontamination.tokens import SHAPE_TOKENS, grams, rolled, shapes, tokenise
from alchemy_assets.languages import LANGUAGES

TOKEN = re.compile(rb"[0-9A-Za-z_\x80-\xff]+|[!-/:-@\[-^`{-~]")


def distinct(windows):
    """Windows that lie within a text, as a set for each text."""
    return [set(windows.of(text).tolist()) for text in range(len(windows.bounds) - 1)]


@given(st.lists(st.text(alphabet="ab1_ é+=(\n\t'", max_size=40), min_size=1, max_size=5))
def test_equal_tokens_have_equal_hashes_and_others_do_not(texts):
    """Tokens are those of a regular expression, whatever texts stand beside a text."""
    raw = [text.encode() for text in texts]
    tokens = tokenise(raw)
    expected = [token for text in raw for token in TOKEN.findall(text)]
    assert len(tokens.hashes) == len(expected)
    assert len(set(zip(tokens.hashes.tolist(), expected, strict=True))) == len(set(expected))
    assert len(set(tokens.hashes.tolist())) == len(set(expected))
    assert tokens.bounds.tolist() == np.cumsum([0, *(len(TOKEN.findall(text)) for text in raw)]).tolist()


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c", "+", "1"]), max_size=12), min_size=1, max_size=4),
    st.integers(1, 6),
)
def test_windows_are_those_of_each_text_alone(texts, n):
    """Comparing many texts at once gives what comparing each by itself gives, and windows differ as their tokens do."""
    raw = [" ".join(words).encode() for words in texts]
    windows = grams(tokenise(raw), n)
    together = distinct(windows)
    assert together == [distinct(grams(tokenise([one]), n))[0] for one in raw]
    exact = [{tuple(words[at : at + n]) for at in range(len(words) - n + 1)} for words in texts]
    assert [len(one) for one in together] == [len(one) for one in exact]
    places = np.arange(len(windows.hashes))
    assert sorted(set(windows.texts(places).tolist()) - {-1}) == [at for at, one in enumerate(exact) if one]


def test_hashes_are_the_same_for_ever():
    """They are part of stored tables: a change of them is a change of their meaning."""
    tokens = tokenise([b"def f(x):  # double\n    return 2 * x\n"])
    assert grams(tokens, 10).hashes[:2].tolist() == FIXED["grams"]
    assert shapes(tokens, "Python").hashes[:2].tolist() == FIXED["shapes"]
    assert structure("def f(x):\n    return 2 * x\n", "Python").tolist() == FIXED["structure"]


def test_the_shape_of_code_is_the_same_under_other_names_numbers_and_comments():
    """And another under other words of the language."""
    one = shapes(tokenise([b"for a in b: # first\n    if a > 3: return a + b"]), "Python").hashes
    same = shapes(tokenise([b"for x in y: # the second\n    if x > 4: return x + y"]), "Python").hashes
    other = shapes(tokenise([b"for x in y: # first\n    if x > 4: return y + x"]), "Python").hashes
    assert len(one) == 14 - SHAPE_TOKENS + 1
    assert one.tolist() == same.tolist() != other.tolist()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_shapes_and_structure(language):
    """Of any text, even one that is none of the language's; an empty text has none."""
    mark = LANGUAGES[language].line_comment
    text = "one(two, 3) { four = five + 'six'; seven = four; return one; } eight nine\n"
    shape = shapes(tokenise([text.encode()]), language)
    assert len(shape.hashes) > SHAPE_TOKENS
    if mark:
        commented = text + f"{mark} {text}" * 3
        assert shapes(tokenise([commented.encode()]), language).hashes.tolist() == shape.hashes.tolist()
    assert len(structure("", language)) == 0
    assert isinstance(structure(text, language), np.ndarray)


def test_comments_docstrings_and_literals_do_not_make_a_structure():
    """What they say does not matter; that a literal stands there does."""
    one = 'def f(a):\n    """Doc."""\n    b = a + 1  # sum\n    return [b, "x", 2.5]\n'
    same = 'def g(x):\n    y = x + 22\n    return [y, "longer text", 0]\n'
    other = 'def g(x):\n    y = x + x\n    return [y, "longer text", 0]\n'
    assert structure(one, "Python").tolist() == structure(same, "Python").tolist()
    assert structure(one, "Python").tolist() != structure(other, "Python").tolist()


@given(st.lists(st.integers(0, 2**64 - 1), max_size=40), st.integers(1, WINDOW))
def test_a_window_depends_on_its_codes_alone(codes, n):
    """Not on where it stands."""
    array = np.array(codes, dtype=np.uint64)
    moved = rolled(np.concatenate([np.arange(7, dtype=np.uint64), array]), n)
    assert rolled(array, n).tolist() == (moved[7:].tolist() if len(codes) >= n else [])


FIXED = {
    "grams": [1390106779379308140, 6140068367508930502],
    "shapes": [9971881802579489123, 12985285515510711958],
    "structure": [],
}
