"""The held-out experiment of `bench.learnable`: its two sides and its control, without any model."""

from collections import Counter

import polars as pl
import pytest

from bench.learning.pairs import CHOICES, Pair, blocks, groups_of, handed_around, pairs_of, split
from bench.learning.tokens import learnt, row


def pair(number, group=None, language="Python", answer=None, prompt="?"):
    """A pair of its own group."""
    answer = f"```python\nx = {number}\n```" if answer is None else answer
    return Pair(f"{number:03}", str(number) if group is None else group, language, prompt, answer)


PAIRS = [pair(at, group=str(at // 3), language=("Python", "Ruby")[at // 3 % 2]) for at in range(300)]


def samples(rows):
    """A table of samples: (blob, cluster, question, answer) each."""
    turns = [[{"role": "user", "content": asked}, {"role": "assistant", "content": given}] for *_, asked, given in rows]
    return pl.DataFrame(
        {
            "sample_id": [str(at) for at in range(len(rows))],
            "blob_id": [blob for blob, *_ in rows],
            "near_duplicate_cluster": [cluster for _, cluster, *_ in rows],
            "language": ["C"] * len(rows),
            "messages": turns,
        }
    )


def words(*spans):
    """A text of numbered words that occur in no other span."""
    return " ".join(f"word{at}" for start, end in spans for at in range(start, end))


def test_no_file_is_on_both_sides():
    """All samples of a group are trained on, or all are held out."""
    training, held = split(PAIRS, 0.3)
    assert sorted(one.sample_id for one in training + held) == [one.sample_id for one in PAIRS]
    assert not {one.group for one in training} & {one.group for one in held}
    assert 0.15 < len(held) / len(PAIRS) < 0.45


def test_another_salt_holds_out_other_files():
    """The sides are drawn by the groups and the salt alone."""
    assert split(PAIRS, 0.3) == split(PAIRS, 0.3)
    assert split(PAIRS, 0.3)[1] != split(PAIRS, 0.3, "again")[1]


def test_near_files_are_one_group():
    """A blob that shares most of its words with another is on its side; one that shares few is not."""
    groups = groups_of({"a": words((0, 200)), "b": words((0, 180), (300, 320)), "c": words((190, 290))}, {})
    assert groups["a"] == groups["b"] != groups["c"]


def test_a_text_that_very_many_blobs_share_still_joins_them():
    """Runs in more blobs than are compared with each other link neighbours."""
    groups = groups_of({f"{at:02}": words((0, 100)) for at in range(50)}, {})
    assert set(groups.values()) == {"00"}


def test_clusters_of_curation_are_one_group():
    """Blobs of one near-duplicate cluster stand together, however little their samples show of it."""
    found = pairs_of(samples([("a", "k", words((0, 9)), "x"), ("b", "k", words((50, 59)), "y"), ("c", "", "z", "z")]))
    assert found[0].group == found[1].group != found[2].group


def test_handed_answers_are_the_same_answers():
    """The control has each question once and each answer once: only who is with whom differs."""
    giver = handed_around(PAIRS, 0)
    assert set(giver) == set(giver.values()) == set(range(len(PAIRS)))
    assert giver != handed_around(PAIRS, 1)


def test_handed_answers_keep_language_form_and_length():
    """What can be told of an answer without its question stays as it was, but nobody keeps an answer of his own file."""
    made = [
        pair(at, group=str(at // 2), answer=("```c\n" if at % 4 else "So: ") + "y" * (at % 50)) for at in range(200)
    ]
    for at, other in handed_around(made, 0).items():
        assert made[at].group != made[other].group
        assert made[at].form == made[other].form
        assert abs(len(made[at].answer) - len(made[other].answer)) <= 10


@pytest.mark.parametrize("groups", ["a", "aaab", "aaaaabb"])
def test_who_has_nobody_to_change_with_is_left_out(groups):
    """Questions and answers that stay are the same pairs, though one file has most of them."""
    made = [pair(at, group=group) for at, group in enumerate(groups)]
    giver = handed_around(made, 0)
    assert set(giver) == set(giver.values())
    assert all(made[at].group != made[other].group for at, other in giver.items())
    assert len(giver) == 2 * min(Counter(groups).values()) * (len(set(groups)) > 1)


def test_blocks_are_of_different_files_and_answers():
    """Fours of one form and similar length; each group is there once, and no answer is there twice in a four."""
    found = blocks(PAIRS + [pair(900 + at, answer="```python\nx = 1\n```") for at in range(9)], 1_000)
    assert all(len(block) == CHOICES == len({one.answer for one in block}) for block in found)
    assert all(len({one.form for one in block}) == 1 for block in found)
    most = Counter(one.group for block in found for one in block)
    assert set(most.values()) == {1}
    assert len(blocks(PAIRS, 8)) == 2


def test_tokens_give_their_text_back():
    """Whatever the bytes, learnt or not."""
    tokens = learnt(["def hello(name):\n    return hello\n"] * 5, 50)
    for text in ("def hello(name):\n    return 'ü 12'\n", ""):
        assert tokens.decode(tokens.encode(text)) == text.encode()
    assert len(tokens.encode("hello")) == 1


def test_a_long_prompt_keeps_what_is_around_its_mark():
    """The code around the mark and the end of the words fit into the window, the words after the code."""
    tokens = learnt([], 0)
    code = "```c\n" + "a" * 500 + "HOLE" + "b" * 500 + "\n```"
    cut = row(pair(1, prompt=f"Fill it:\n\n{code}\n\nPlease.", answer="c" * 10), tokens, 100, "HOLE")
    text = tokens.decode(cut.prompt).decode()
    assert len(cut.prompt) + len(cut.answer) + 2 == 100
    assert "aaaHOLEbbb" in text
    assert text.endswith("Please.")


def test_a_long_answer_keeps_its_beginning():
    """An answer gets at most half of the window, so that something of the prompt is left."""
    cut = row(pair(1, prompt="p" * 90, answer="c" * 500), learnt([], 0), 102)
    assert (len(cut.prompt), len(cut.answer)) == (50, 50)
