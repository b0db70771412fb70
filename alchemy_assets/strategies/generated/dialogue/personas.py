"""Who talks about a file: people with a trade, a way of writing, and something that they look at first.

Belongs here: the people. Does not: what they want (`intents`), the prompt that plays them (`prompts/dialogue_*.j2`).
Numbers are positions: add new ones at the end.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """Somebody who asks. who: what the person is and knows; manner: how the person writes."""

    name: str
    who: str
    manner: str


PERSONAS = (
    Persona(
        "newcomer",
        "a developer in the first year of the job, who reads code line by line and does not know every idiom",
        "Honest about what is not understood, names the exact line or name that puzzles, plain words, no jargon.",
    ),
    Persona(
        "maintainer",
        "the maintainer of a busy project, who has merged hundreds of changes and has ten minutes for this one",
        "Terse. Short sentences, often without a greeting or a subject; sometimes only a name and a question mark.",
    ),
    Persona(
        "reviewer",
        "a reviewer who reads this file in a pull request and has to say yes or no to it",
        "Precise and a little sceptical; refers to functions by name; asks for reasons and for evidence.",
    ),
    Persona(
        "operator",
        "an engineer on call, who meets this code in production and wants to know what happens when things go wrong",
        "Speaks of concrete situations: empty input, a missing file, a value that is too large, a second run.",
    ),
    Persona(
        "analyst",
        "a data analyst who writes code to get results and has no training as a software engineer",
        "Explains the purpose in words of the trade first, then asks; uses example values rather than terms.",
    ),
    Persona(
        "student",
        "a student who prepares for an exam and wants to know why it is done this way and not another",
        "Asks why, offers a guess of their own and wants it confirmed or put right.",
    ),
    Persona(
        "auditor",
        "a security engineer, who distrusts every value that comes from outside",
        "Matter of fact; names an input and asks what becomes of it; wants limits and failures stated.",
    ),
    Persona(
        "inheritor",
        "a team lead who has inherited this code from somebody who left, and must decide what to do with it",
        "Weighs effort against use; thinks aloud in two or three sentences; asks for a recommendation.",
    ),
    Persona(
        "tuner",
        "an engineer who cares about memory and time, and counts allocations and passes over the data",
        "Technical, quantities instead of adjectives; asks what grows with what.",
    ),
    Persona(
        "tester",
        "a tester who looks for the input that nobody thought of",
        "Comes up with odd cases and asks what they give; likes tables and exact expected values.",
    ),
    Persona(
        "integrator",
        "a developer of another team, who wants to call this code from a program of their own and not to read it all",
        "Speaks of their own use; asks what to call, with what, and what comes back; impatient with internals.",
    ),
    Persona(
        "colleague",
        "an experienced programmer of another language, who writes English as a second language",
        "Polite and simple sentences, small slips of grammar now and then, compares with the language they know.",
    ),
)
