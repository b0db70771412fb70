"""Read chat transcripts exported by a support desk and summarise them.

The desk writes each message between <|im_start|> and <|im_end|>, and a line
with <|endoftext|> after the last message of a conversation. The word after
<|im_start|> is the role of the speaker.

A plain-text export of the same thing looks like this:

User: my order 1182 has not arrived
Assistant: it left the warehouse on Monday
User: thank you
"""

START = "<|im_start|>"
END = "<|im_end|>"
STOP = "<|endoftext|>"

SAMPLE = """\
<|im_start|>user
My lamp flickers.<|im_end|>
<|im_start|>assistant
Please try another bulb.<|im_end|>
<|im_start|>user
That helped, thanks!<|im_end|>
<|endoftext|>
<|im_start|>user
Where is order 1182?<|im_end|>
<|endoftext|>
"""


class TranscriptError(ValueError):
    """A transcript with a marker missing or out of place."""


def conversations(text):
    """Yield each conversation of `text` as a list of (role, message)."""
    for chunk in text.split(STOP):
        messages = []
        rest = chunk.strip()
        while rest:
            if not rest.startswith(START):
                raise TranscriptError(f"expected {START} before {rest[:20]!r}")
            body, marker, rest = rest[len(START):].partition(END)
            if not marker:
                raise TranscriptError(f"message without {END}")
            role, _, message = body.partition("\n")
            messages.append((role.strip(), message.strip()))
            rest = rest.strip()
        if messages:
            yield messages


def as_plain(messages):
    """Return the messages as "Role: text" lines."""
    # The result for two messages looks like this:
    # User: is the shop open on Sunday?
    # Assistant: yes, from ten to four
    return "\n".join(f"{role.capitalize()}: {message}" for role, message in messages)


def unanswered(messages):
    """Tell whether the conversation ends with the customer waiting."""
    role, message = messages[-1]
    return role == "user" and message.endswith("?")


def main():
    """Print each conversation of the sample and flag the open ones."""
    for number, messages in enumerate(conversations(SAMPLE), start=1):
        flag = " (waiting for an answer)" if unanswered(messages) else ""
        print(f"conversation {number}: {len(messages)} message(s){flag}")
        print(as_plain(messages))


if __name__ == "__main__":
    main()
