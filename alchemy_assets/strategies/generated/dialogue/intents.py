"""What a dialogue is about: where it starts, what is asked on the way, and which change it comes to.

Belongs here: the intents for programs and for documents. Does not: how many turns there are, and which asks for what (`plan`).
Numbers are positions: add new ones at the end. Aims are told to the model that plays the person, never shown.
"""

from dataclasses import dataclass

CODE, EXCERPT, DOCUMENT = "file", "excerpt", "document"


@dataclass(frozen=True)
class Intent:
    """A purpose. opens: ways to begin; on_the_way: aims of later turns; part: a first, small change; whole: the last change.

    keeps: whether what the program does must stay as it is.
    """

    name: str
    purpose: str
    opens: tuple[str, ...]
    on_the_way: tuple[str, ...]
    part: str
    whole: str
    keeps: bool = False


INTENTS = (
    Intent(
        "harden",
        "make the file cope with bad input instead of failing in the middle or giving a wrong result",
        (
            "ask which inputs make this file fail or give nonsense",
            "describe one bad input and ask what happens with it",
        ),
        (
            "ask which of the cases named in the answer matters most",
            "ask how a failure that was named should be reported",
        ),
        "ask for a guard against one of the weaknesses that the answer names",
        "ask for guards at all weak places that came up, in one consistent way",
    ),
    Intent(
        "feature",
        "add one small feature that fits the file and that a user of it would miss",
        ("describe the feature that is missing and ask where it would go", "ask how hard a certain addition would be"),
        ("settle a detail that the answer leaves open", "ask about an effect of the addition on what is there already"),
        "ask for the core of the feature, without its details",
        "ask for the feature with all details that were settled, ready to be used",
    ),
    Intent(
        "understand_then_tidy",
        "understand how the file works, and leave it easier to read, without any change of what it does",
        ("ask what one function does and why it is written like that", "ask for the way of a value through the file"),
        ("check the own understanding by putting it in other words", "ask what a name or a constant stands for"),
        "ask for better names or a split of the part that was just explained",
        "ask for the tidy version of everything that was found hard to read; behaviour must stay exactly as it is",
        keeps=True,
    ),
    Intent(
        "refactor",
        "take duplication and long functions apart, with no change of what the file does",
        (
            "ask which part of the file should be restructured first",
            "point at a part that looks repeated and ask about it",
        ),
        ("ask why the proposal is better than a smaller step", "raise a doubt about a step that was proposed"),
        "ask for the first step of the restructuring",
        "ask for the restructuring that was agreed on; output and interface must stay exactly as they are",
        keeps=True,
    ),
    Intent(
        "faster",
        "do less work for large inputs, with the same results",
        ("ask where time goes when the input grows", "describe a large input and ask what gets slow"),
        ("ask how the cost that was named was arrived at", "ask what the proposed way costs in memory or in clarity"),
        "ask for the one change that saves the most",
        "ask for the changes that pay, with the same results for every input",
        keeps=True,
    ),
    Intent(
        "hunt",
        "find out whether there is a bug behind an odd result, and mend it",
        ("describe an odd case and ask what the code gives for it", "ask for the most likely bug in the file"),
        ("ask for an input that would prove the suspicion", "object to the suspicion with a case of their own"),
        "ask for the smallest fix of what was found",
        "ask for the fix of what was found, and of whatever else is wrong in the same way",
    ),
    Intent(
        "configurable",
        "turn a fixed choice of the code into one that callers can make, with today's choice as the default",
        ("ask which choices are fixed in the code", "name a value that is fixed and ask what depends on it"),
        ("ask what the right form is: argument, option or constant", "ask which values must be refused"),
        "ask for one of the choices to be opened",
        "ask for all agreed choices to be opened; whoever sets nothing must get what they get today",
    ),
    Intent(
        "report",
        "have the program say more about what it does and about what went wrong",
        ("ask what the file tells its user when something fails", "ask what one would see of a run that goes wrong"),
        ("ask where a message belongs and who reads it", "ask for the wording of a message that was proposed"),
        "ask for better messages in one place",
        "ask for the messages in all agreed places, in one consistent form",
    ),
    Intent(
        "document",
        "give the file the comments that a reader needs, without any change of the code's behaviour",
        ("ask what a new reader would not see at once", "ask what the contract of one function is"),
        ("ask whether an assumption that was named really holds", "ask for an example of use with its result"),
        "ask for the comment of one function, with what was found out",
        "ask for the comments of everything public, with the assumptions that came up; code must stay as it is",
        keeps=True,
    ),
    Intent(
        "modernise",
        "use what the language offers today where that makes the code shorter or safer, with the same behaviour",
        ("ask what in the file looks dated", "ask whether an idiom in it is still how one writes this"),
        ("ask from which version on a construct can be used", "ask whether the newer form differs in any case"),
        "ask for one of the constructs in its newer form",
        "ask for all agreed places in the newer form; behaviour must stay exactly as it is",
        keeps=True,
    ),
    Intent(
        "testable",
        "make the file easier to test: separate what computes from what reads, prints or waits; same behaviour",
        ("ask how one would test this file as it is", "ask which part is hard to test and why"),
        ("ask which cases a test of a named part needs", "ask what a test would have to replace or prepare"),
        "ask for the separation of one part",
        "ask for the separation that was agreed on; what the file does from outside must stay exactly as it is",
        keeps=True,
    ),
    Intent(
        "reuse",
        "use a part of the file elsewhere, and give it an interface for that",
        ("describe the own use and ask what of the file can be called for it", "ask what one gets for a sample input"),
        ("ask what happens in a case of their own use", "ask what the caller must take care of"),
        "ask for an interface to the part that is needed",
        "ask for the interface with all that the own use needs; present callers must go on working",
    ),
    Intent(
        "extend_output",
        "get one more piece of information out of the file that it already has or can easily work out",
        (
            "ask what the results of the file leave out",
            "describe what one needs to know and ask if it is there already",
        ),
        ("ask how the new piece is defined at its edges", "ask where in the present output it fits"),
        "ask for the computation of the new piece alone",
        "ask for it in the output, with the edges as settled",
    ),
)

DOCUMENTS = (
    Intent(
        "restructure",
        "bring the document into an order in which a reader finds things",
        ("ask what a first reader looks for and does not find", "ask whether the order of the sections makes sense"),
        ("ask where a certain passage belongs", "question a move that was proposed"),
        "ask for the new outline or for one section in its new form",
        "ask for the document in the new order",
    ),
    Intent(
        "shorten",
        "say the same in clearly fewer words",
        ("ask which passages say little", "ask what the document says twice"),
        ("object to a cut that was proposed", "ask what a certain reader would miss"),
        "ask for the shorter form of one section",
        "ask for the shorter document with every fact that matters",
    ),
    Intent(
        "newcomers",
        "make the document understandable for people who are new to its subject",
        ("ask which terms are used before they are explained", "ask what a beginner would stumble over first"),
        ("ask for the meaning of a term that came up", "ask how much of an explanation is too much"),
        "ask for the introduction, or for the explanation of one term",
        "ask for the document for newcomers, without facts that are not in it",
    ),
    Intent(
        "reference",
        "turn prose into something that can be looked up: lists, tables, examples",
        ("ask which facts a user would look up here", "ask what of the document could be a table"),
        ("ask which columns such a table needs", "ask about an entry that seems to be missing"),
        "ask for one of the tables or lists",
        "ask for the document with all of them in place",
    ),
    Intent(
        "consistent",
        "make wording, headings, code formatting and links of the document consistent",
        (
            "ask what is inconsistent in the document",
            "point at two places that are written differently and ask which is right",
        ),
        ("ask for the rule behind a correction", "name an exception to a rule that was proposed"),
        "ask for one section by the rules that were found",
        "ask for the document by all agreed rules",
    ),
    Intent(
        "steps",
        "turn a description into steps that somebody can follow and check",
        ("ask what one must do, in which order, according to the document", "ask what one needs before the first step"),
        ("ask how one sees that a step worked", "ask what to do where a step fails, as far as the document says it"),
        "ask for the first steps, each with what one should see",
        "ask for the document with all steps",
    ),
)
