"""The errors that a user of CodeAlchemy can meet.

Each child also subclasses the matching builtin. A message says what was wrong, where (file, row, blob id), and what to do.
"""


class AlchemyError(Exception):
    """Everything that CodeAlchemy raises on purpose."""


class SettingsError(AlchemyError, ValueError):
    """A setting is missing, unknown or contradicts another."""


class CorpusNotFoundError(AlchemyError, FileNotFoundError):
    """The input that a corpus names is not there."""


class CorpusFormatError(AlchemyError, ValueError):
    """An input cannot be read as what its name says, or lacks a column that is needed."""


class SchemaError(AlchemyError, TypeError):
    """A frame does not have the columns and types of its table."""


class PartitionMissingError(AlchemyError, LookupError):
    """A partition that is needed was never published, or its last attempt was refused by a check."""


class PartitionDamagedError(AlchemyError, OSError):
    """A published file is gone, or is not the one that its manifest records."""


class PublishConflictError(AlchemyError, RuntimeError):
    """Another process published other content for the same partition in the meantime."""


class SandboxUnavailableError(AlchemyError, RuntimeError):
    """Untrusted programs cannot be run safely on this machine."""


class UnsupportedLanguageError(AlchemyError, LookupError):
    """A language cannot do what was asked of it (has no toolchain here, no instrumenter, no grammar)."""


class UnsafePathError(AlchemyError, ValueError):
    """A program cannot be handed to a sandbox: a name leaves its folder, or a value cannot be passed to a process."""
