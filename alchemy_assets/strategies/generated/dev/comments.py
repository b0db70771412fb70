"""Have a file documented: comments and docstrings are added, and not a token of its code is another one.

Belongs here: that proof, and the judge of documentation. Does not: telling code from comments (`code_alone`).
"""

import re

from alchemy_assets.generation.completions import Answers
from alchemy_assets.strategies.generated import running
from alchemy_assets.strategies.generated.code_alone import comments_of, tokens
from alchemy_assets.strategies.generated.dev.behaviour import LEAST_COVERED, code_of, comparable
from alchemy_assets.strategies.generated.dev.rounds import Facts, Judging, NothingRunsError
from alchemy_assets.strategies.generated.dev.task import OTHER_LANGUAGE, DevTask, Ready, whole
from alchemy_assets.strategies.generated.new_code import REASONS as SHAPE_REASONS
from alchemy_assets.strategies.generated.new_code import Bounds, fault_of, suffix_of
from alchemy_assets.strategies.generated.running import same
from alchemy_assets.strategies.grounded.outline import outline_of
from alchemy_assets.strategies.grounded.shapes import SHAPES
from alchemy_assets.strategies.strategy import CuratedFile, Draft, Left

CODE_CHANGED = "the answer changes code, not comments alone"
NOTHING_ADDED = "the answer documents little that was not documented"
READS_ITSELF = "the file may read its own text, and was not run"
DOCUMENTED = "the file is documented already"
NO_FUNCTION = "the file has no function to document"
REASONS = (
    *SHAPE_REASONS,
    *(CODE_CHANGED, NOTHING_ADDED, READS_ITSELF, DOCUMENTED, NO_FUNCTION),
    *(running.NOT_BUILT, running.STOPPED, running.BEHAVES_OTHERWISE),
)
BOUNDS = Bounds(0.9, 3.0, comments=True)
# Of the functions of a file so many are without a comment, or there is nothing to do.
LEAST_BARE = 0.3
LEAST_ADDED = 80
_OF_ITSELF = re.compile(
    r"__doc__|__file__|__FILE__|__LINE__|__END__|\bDATA\b|include_str!|\bline!\(|\binspect\b|getsource|traceback"
    r"|CallerLineNumber|#file|#line|currentframe|__filename|\.stack\b|getLine|runtime\.Caller|debug_backtrace|\bcaller\b"
)
# A script that names itself in a message does no harm; one that filters its own text does.
_OF_A_SCRIPT = re.compile(r"(?:\b(?:sed|grep|cat|head|tail|awk)\b|<)[^\n|;]*(?:\$0|\$\{0|BASH_SOURCE)|LINENO")
# How Ruby asks whether it was started.
_GUARD = re.compile(r"__FILE__ == \$(?:0|PROGRAM_NAME)|\$(?:0|PROGRAM_NAME) == __FILE__")


def prepare(_kind: DevTask, file: CuratedFile, answers: Answers) -> Ready | Left:
    """A file with functions that nothing is said about."""
    if file.language not in SHAPES and file.language != "SQL":
        return Left(OTHER_LANGUAGE, file.language)
    shown = whole(file, answers)
    if isinstance(shown, Left):
        return shown
    if file.language in SHAPES:
        functions = outline_of(file.language, file.text, suffix_of(file)).functions
        if not functions:
            return Left(NO_FUNCTION)
        bare = sum(item.doc is None for item in functions)
        if bare < LEAST_BARE * len(functions):
            return Left(DOCUMENTED, f"{len(functions) - bare} of {len(functions)} functions")
    return Ready(shown)


def judge(draft: Draft) -> Judging:
    """The code is the same token for token; where the file was seen to run, it prints the same too."""
    file, code = draft.file, code_of(draft)
    if (fault := fault_of(file, code, BOUNDS)) is not None:
        return fault
    before, after = (tokens(file.language, text, suffix_of(file)) for text in (file.text, code))
    if before != after:
        at = next((i for i, (one, other) in enumerate(zip(before, after, strict=False)) if one != other), len(before))
        return Left(CODE_CHANGED, f"{' '.join(before[at : at + 3])!r} became {' '.join(after[at : at + 3])!r}"[:200])
    old, new = (sum(map(len, comments_of(file.language, text, suffix_of(file)))) for text in (file.text, code))
    if new - old < LEAST_ADDED:
        return Left(NOTHING_ADDED, f"{new - old} characters of comments")
    return (yield from _run(draft, code))


def _run(draft: Draft, code: str) -> Judging:
    """Run it where it can be compared: what may read its own text must be."""
    seen = comparable(draft.file)
    ran, detail, outcome = False, "the code is the same token for token", None
    if not isinstance(seen, Left):
        try:
            (outcome,) = yield [seen.run(code)]
        except NothingRunsError:
            outcome = None
    if outcome is not None and not isinstance(seen, Left):
        proof = same(seen, outcome)
        if isinstance(proof, Left):
            return proof
        ran, detail = proof.covered >= LEAST_COVERED, f"{detail}; {proof.evidence}"
    elif found := _reads_itself(draft.file):
        return Left(READS_ITSELF, found)
    return Facts(
        {
            "parsed": True,
            "compiled": True if ran and not isinstance(seen, Left) and seen.compile else None,
            "executed": True if ran else None,
            "behaves_as_source": True if ran else None,
            "answer_is_source": False,
        },
        {
            "toolchain": outcome.toolchain if outcome is not None else None,
            "runs": len(seen.ran) if ran and not isinstance(seen, Left) else None,
            "detail": detail,
        },
        {"answer_lines": draft.messages[-1][1].count("\n") + 1},
    )


def _reads_itself(file: CuratedFile) -> str:
    """What in a file may make use of its own text or of its lines' numbers, or nothing."""
    pattern = _OF_A_SCRIPT if file.language == "Shell" else _OF_ITSELF
    found = pattern.search(_GUARD.sub("", file.text))
    return found[0] if found is not None else ""
