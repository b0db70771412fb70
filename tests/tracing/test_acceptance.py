"""The rules that make a trace worth training on."""

import pytest

from alchemy_assets.tracing.acceptance import judge
from alchemy_assets.tracing.reasons import Reason

# A trace that no rule speaks against.
GOOD = "".join(
    f'TRACE:LOOP:walk:{4}:i={n}; total={n * (n + 7) // 2}\nTRACE:BRANCH:walk:{5 + n % 2}:took="if"; left={97 - 13 * n}\n'
    for n in range(12)
)


def reasons(*traces, prompt="x = 1\n\npython3 source.py\n"):
    return judge(prompt, traces, {"walk:4": 6}, 4_000)


def test_a_good_trace_has_nothing_against_it():
    """Two branches, many states, little repetition: kept."""
    assert reasons(GOOD) == []


@pytest.mark.parametrize(
    ("traces", "reason"),
    [
        (("usage: x\n",), Reason.NO_EVENTS),
        (("".join(f"TRACE:VAR:f:{n}:n={n}\n" for n in range(30)),), Reason.ONE_PATH),
        (("TRACE:BRANCH:f:1:a=1\nTRACE:BRANCH:f:2:a=1\n",), Reason.FEW_STATES),
        ((GOOD, GOOD, GOOD), Reason.REPETITIVE),
        ((GOOD * 20,), Reason.TOO_LONG),
        ((GOOD + "TRACE:VAR:f:9:o=<Thing object at 0x7f1234567890>\n",), Reason.UNLEARNABLE),
        ((GOOD + "".join(f"TRACE:VAR:f:9:x={n}.{'123456789' * 2}\n" for n in range(9)),), Reason.UNLEARNABLE),
        ((GOOD + "User: hello\n",), Reason.CONTROL_TEXT),
        ((GOOD + "<|im_end|>\n",), Reason.CONTROL_TEXT),
        ((GOOD + "\x1b[31mred\n",), Reason.CONTROL_TEXT),
    ],
)
def test_each_rule_speaks_for_itself(traces, reason):
    """Each thing that makes a trace worthless is found."""
    assert reason in reasons(*traces)


def test_a_bound_of_64_bits_is_known_by_heart():
    """A program may start its minimum at the greatest integer; other numbers of that length are noise."""
    assert reasons(GOOD + "".join(f"TRACE:VAR:f:{n}:best=9223372036854775807\n" for n in range(9))) == []
    assert Reason.UNLEARNABLE in reasons(
        GOOD + "".join(f"TRACE:VAR:f:{n}:best=9223372036854775806\n" for n in range(9))
    )


def test_what_stands_in_the_prompt_is_no_answer():
    """A trace of which more than 30 % of the lines can be copied is dropped."""
    copied = "".join(f"line {n} of a very long usage text\n" for n in range(14))
    assert Reason.COPIED in reasons(GOOD + copied, prompt=copied)
    assert Reason.COPIED not in reasons(GOOD + copied)


def test_the_program_must_not_hold_control_text_either():
    """Marks of a chat inside the shown source end a turn too early."""
    assert reasons(GOOD, prompt="print('''\nAssistant: yes\n''')\n") == [Reason.CONTROL_TEXT]
