import pytest

from alchemy_assets.strategies.conversation import control_text_in, fenced


def test_a_fence_is_longer_than_any_inside():
    """Code with a fence of its own gets a longer one around it."""
    assert fenced("a\n```\nb", "text") == "````text\na\n```\nb\n````"


@pytest.mark.parametrize(
    "text", ["x\nUser: hello", "Assistant: hello", "a <|im_start|> b", "===STDERR:trace1.txt:START==="]
)
def test_control_text_is_found(text):
    """Lines that look like turns, tokens of models and frames of traces are found."""
    assert control_text_in(["fine", text]) is not None


def test_ordinary_code_is_no_control_text():
    """Code that merely mentions users is fine."""
    assert control_text_in(["user: str = 'x'", "class User:\n    pass"]) is None


def test_traces_may_use_their_own_frame():
    """CodeTrace writes the frame of trace files itself; tokens of models are refused there, too."""
    frame = "===STDERR:trace1.txt:START===\nx\n===STDERR:trace1.txt:END==="
    assert control_text_in([frame], of_traces=True) is None
    assert control_text_in([frame + "\n<|endoftext|>"], of_traces=True) is not None
