"""Screen Java files.

Belongs here: what a package, a class or a call of Java means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, Unordered, words


def _is_program(code: Code) -> bool:
    return (
        re.search(r"\bstatic\s+(?:final\s+)?void\s+main\s*\(|\bvoid\s+main\s*\(\s*(?:String|\))", code.bare) is not None
    )


TABLE = Table(
    "Java",
    _is_program,
    imports=re.compile(r"^[ \t]*import\s+(?:static\s+)?([\w.]+?)(?:\.\*)?\s*;", re.MULTILINE),
    modules={
        Reason.NEEDS_LIBRARY: words(
            "javax.swing java.awt javafx android androidx javax.servlet jakarta javax.persistence"
        ),
        Reason.NONDETERMINISTIC: words(
            "java.net java.nio.channels java.rmi java.sql javax.net javax.sql java.lang.management java.lang.ref"
            " java.util.concurrent java.util.Random java.util.UUID java.util.Timer java.util.logging java.time.Clock"
            " java.security.SecureRandom java.lang.invoke sun jdk"
        ),
        Reason.UNLEARNABLE: words(
            "java.security javax.crypto java.util.zip java.util.jar java.util.Base64 javax.imageio"
        ),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bMath\.random\b|\bSystem\.(?:currentTimeMillis|nanoTime|identityHashCode|getenv|getProperty"
                r"|getProperties)\b"
                r"|\bnew\s+(?:java\.util\.)?(?:Random|Date|GregorianCalendar|Timer|SecureRandom)\s*\(\s*(?:\)|\w|this)"
                r"|\b(?:LocalDate|LocalDateTime|LocalTime|Instant|ZonedDateTime|OffsetDateTime|Year"
                r"|Clock)\.(?:now|system\w*)\b"
                r"|\bCalendar\.getInstance\b|\bUUID\.randomUUID\b|\bThreadLocalRandom\b|\bCollections\.shuffle\b"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bnew\s+Thread\b|\bextends\s+Thread\b|\bThread\.(?:start|of|currentThread|startVirtual)\w*"
                r"|\bparallelStream\b"
                r"|\.parallel\s*\(|\bExecutor(?:s|Service)\b|\bCompletableFuture\b|\bForkJoin\w+"
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\bRuntime\.getRuntime\b|\bProcessBuilder\b|\.listFiles\s*\(|\bFiles\.(?:list|walk"
                r"|newDirectoryStream)\b"
                r"|\.getAbsolutePath\s*\(|\bnew\s+(?:Server)?Socket\b"
            ),
        ),
        (Reason.UNLEARNABLE, re.compile(r"\bMessageDigest\b|\bCipher\.getInstance\b|\bBase64\.get|\bnew\s+CRC32\b")),
    ),
    unordered=(
        Unordered(
            Reason.UNLEARNABLE,
            re.compile(
                r"\b(?:Hash)?(?:Map|Set)\s*<\s*(?:String"
                r"|[A-Z]\w*\s*<)[^;(){}=]*>\s+(\w+)\s*=\s*new\s+(?:java\.util\.)?Hash(?:Map|Set)\b"
            ),
            r":\s*(?:this\.)?NAME(?:\.(?:keySet|values|entrySet)\s*\(\s*\))?\s*\)|\bNAME\.(?:keySet|values"
            r"|entrySet)\s*\(\s*\)\.(?:iterator|stream|forEach)"
            r"|\bNAME\.(?:iterator|stream|forEach)\b",
        ),
    ),
)


def screen(source: str) -> Dropped | None:
    """Why a Java file is not worth running, or None."""
    return engine.screen(TABLE, source)
