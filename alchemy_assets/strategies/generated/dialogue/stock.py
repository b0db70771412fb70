"""Words that a turn must not begin or end with: stock openers, flattery, offers of help; and how a turn begins at all.

Belongs here: the closed lists, and the opener that is counted over a partition. Does not: the counting (`judging`).
"""

import re

OPENER_WORDS = 4
# Words that are left of a turn when its praise is taken out, at least.
SAYS_SOMETHING = 3

_FENCED = re.compile(r"^([ \t]*)(`{3,}|~{3,}).*?(?:^\1\2[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_WORDS = re.compile(r"[\w']+")


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


_MUCH = r"(?:great|excellent|nice|perfect|awesome|amazing|fantastic|brilliant|wonderful|lovely)"
_PRAISE = rf"(?:{_MUCH}|good|fair|interesting)"
_WHAT = (
    r"(?:question|point|catch|idea|observation|thinking|explanation|answer|work|job|stuff|choice|instinct|eye|start|"
    r"suggestion|breakdown|summary|analysis|insight|overview|call)s?\b(?! (?:here|is|are|was|would|for|in|of)\b)"
)
_OF_ASSISTANT = _any(
    rf"(?:(?:that|this)(?:'s| is) (?:an? )?|what an? |such an? )?(?:really |very )?{_PRAISE} {_WHAT}",
    r"(?:certainly|absolutely|definitely|of course|sure(?: thing)?|gladly|understood|got it|okay|ok|alright)\s*[!,.:–]",
    r"(?:certainly|of course|sure)\b[^\n]{0,20}\b(?:here|let)\b",
    r"(?:i(?:'d| would) be|i(?:'m| am)) (?:happy|glad|delighted) to\b",
    r"happy to (?:help|assist)\b",
    r"glad (?:you|that you)\b",
    r"(?:thanks|thank you)\b",
    r"great[!,]",
    r"you(?:'re| are) (?:absolutely|completely|totally|quite|exactly) right\b",
    r"sorry for (?:the|any)\b",
    r"(?:i )?apologi[sz]e\b",
    r"my apologies\b",
    r"here (?:you go|it is)\b",
    r"let(?:'s| us) (?:dive|delve|break (?:it|this) down)\b",
)
_ANYWHERE = _any(
    r"\bi hope (?:this|that|it) helps\b",
    r"\blet me know (?:if|whether|should|how|what|when)\b",
    r"\bfeel free to\b",
    r"\bdo(?:n't| not) hesitate to\b",
    r"\bhappy coding\b",
    r"\bis there anything else\b",
    r"\bif you have any (?:more |other |further )?questions\b",
    r"\b(?:as|i am|i'm) an ai\b",
    r"\bas a(?:n ai)? language model\b",
    r"\bwould you like me to\b",
    r"\bhappy to help\b",
)
_OF_USER = _any(
    r"(?:wow|oh)\b",
    rf"{_MUCH}\s*[!,.–]|(?:really |very )?{_PRAISE} {_WHAT}",
    r"that(?:'s| is| was) (?:an? )?(?:really |very |so |super )?"
    rf"(?:{_PRAISE} {_WHAT}|(?:{_MUCH}|helpful|clear|useful)\s*[!,.–])",
    r"(?:ok(?:ay)?,? )?(?:thanks|thank you)\b",
    r"that makes (?:perfect |total |a lot of )?sense\b",
    r"i (?:really )?appreciate\b",
    r"i love\b",
    r"can you (?:please )?help me\b",
    r"i hope you\b",
    r"(?:hi|hello|hey)\b[^\n]{0,12}[,!.]",
    r"as (?:a|an|the) (?:[\w-]+ ){0,3}(?:developer|engineer|reviewer|maintainer|analyst|student|tester|lead)\b",
)
_EMPTY = _any(
    rf"\b(?:(?:now |so )?(?:it|that|this|everything)(?:'s| is| was)? (?:now |all |very |really |so |quite )*)?"
    rf"(?:{_PRAISE}|helpful|clear(?:er)?|cool|fine|makes? sense|helps?(?: me)?(?: a lot)?|works?)(?: now| to me| for me)*\b",
    r"\b(?:ok(?:ay)?|thanks?(?: you)?(?: so much| a lot| very much)?|got it|understood|will do)\b",
    r"\bi (?:see|understand|appreciate it|love it)\b",
    r"\b(?:exactly )?what i (?:needed|wanted|was looking for)\b",
    r"\bno (?:more|further|other) questions\b|\bthat(?:'s| is) all(?: i need(?:ed)?)?\b",
)


def stock_of_assistant(text: str) -> str:
    """The stock words of an answer, or ""."""
    prose = _prose(text)
    return _found(_OF_ASSISTANT.match(prose)) or _found(_ANYWHERE.search(prose))


def stock_of_user(text: str) -> str:
    """The stock words that a person's turn begins with, or ""."""
    return _found(_OF_USER.match(_prose(text)))


def is_empty_praise(text: str) -> bool:
    """Whether a turn praises or agrees and asks nothing: without such phrases little of it is left."""
    return len(_WORDS.findall(_EMPTY.sub("", text.replace("\u2019", "'")))) < SAYS_SOMETHING


def opener(text: str) -> str:
    """The first words of a turn, code aside, in small letters; "" where it has none."""
    return " ".join(_WORDS.findall(_prose(text))[:OPENER_WORDS]).lower()


def _prose(text: str) -> str:
    return _FENCED.sub("", text).replace("\u2019", "'").replace("\u2014", "–").lstrip("#*_> \t\n")


def _found(match: re.Match[str] | None) -> str:
    return " ".join(match[0].split()) if match else ""
