"""Screen SQL scripts: the sandbox runs them by SQLite, in an empty database.

Belongs here: what a statement or a function means for a trace. Does not: the order of the questions (`engine`).
"""

import re

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table

_DOES = re.compile(r"\b(?:SELECT|VALUES|UPDATE|DELETE)\b", re.IGNORECASE)
# Words that SQLite's grammar has not, each with the kind of database that has them.
_DIALECTS = (
    (
        "MySQL",
        re.compile(
            r"\bAUTO_INCREMENT\b|\bENGINE\s*=|\bDELIMITER\b|\bUNSIGNED\b\s*(?:NOT|,|AUTO)|^\s*(?:USE|SHOW"
            r"|LOCK\s+TABLES|DESCRIBE)\s+\w|\bON\s+DUPLICATE\s+KEY\b"
            r"|^\s*SET\s+(?:NAMES|@|FOREIGN|SQL_|GLOBAL|SESSION)",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "PostgreSQL",
        re.compile(
            r"\$\$|\bLANGUAGE\s+'?plpgsql|::\s*[a-z]|\bCREATE\s+(?:EXTENSION|SEQUENCE|ROLE|SCHEMA|TYPE|DOMAIN)\b"
            r"|\bOWNER\s+TO\b|\bSERIAL\s+PRIMARY\b(?=.*\bILIKE\b)"
            r"|^\s*\\\w|\bGRANT\b.*\bTO\b|^\s*COPY\s+\w|\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:FUNCTION|PROCEDURE)\b"
            r"|\bILIKE\b",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "SQL Server",
        re.compile(
            r"^\s*GO\s*$|\bDECLARE\s+@|\bIDENTITY\s*\(|\[dbo\]|\bdbo\.|^\s*EXEC(?:UTE)?\s+\w"
            r"|\bVARCHAR\s*\(\s*MAX\s*\)|\bSELECT\s+TOP\b|^\s*PRINT\s",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "Oracle",
        re.compile(
            r"\bFROM\s+DUAL\b|\bDBMS_\w+|^\s*/\s*$|\bBEGIN\b[^;]*\bEXCEPTION\b|\bCONNECT\s+BY\b|\bNEXTVAL\b"
            r"|\bTABLESPACE\b",
            re.IGNORECASE | re.MULTILINE,
        ),
    ),
    (
        "a database server",
        re.compile(
            r"\bCREATE\s+(?:DATABASE|USER|LOGIN|MATERIALIZED)\b|\bDROP\s+DATABASE\b"
            r"|\bALTER\s+TABLE\s+(?:ONLY\s+)?[\w.\"`]+\s+(?:ADD\s+CONSTRAINT|MODIFY|ALTER\s+COLUMN)\b",
            re.IGNORECASE,
        ),
    ),
)


def _is_program(code: Code) -> bool:
    """Whether a statement handles rows; a script that only declares tables has nothing to tell."""
    return _DOES.search(code.bare) is not None


def _foreign(code: Code) -> str | None:
    found = ((name, pattern.search(code.bare)) for name, pattern in _DIALECTS)
    return next((f"{name} ({' '.join(match[0].split())})" for name, match in found if match is not None), None)


TABLE = Table(
    "SQL",
    _is_program,
    calls=(
        (
            Reason.NONDETERMINISTIC,
            re.compile(
                r"\b(?:random|randomblob|rand|now|getdate|sysdate|uuid|gen_random_uuid|newid|sqlite_version"
                r"|changes_since|unixepoch)\s*\("
                r"|\bCURRENT_(?:DATE|TIME|TIMESTAMP)\b|\b(?:date|time|datetime|julianday)\s*\(\s*\)|\bSYSDATE\b",
                re.IGNORECASE,
            ),
        ),
        (Reason.UNLEARNABLE, re.compile(r"\b(?:md5|sha1|sha\d+|sha3|hash|crypt)\s*\(", re.IGNORECASE)),
    ),
    texts=((Reason.NONDETERMINISTIC, re.compile(r"^(?:now|localtime|utc)$")),),
    foreign=_foreign,
)


def screen(source: str) -> Dropped | None:
    """Why an SQL script is not worth running, or None."""
    return engine.screen(TABLE, source)
