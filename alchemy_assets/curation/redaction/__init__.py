"""Redaction: secrets, e-mail and IP addresses and authors' names become reserved values of the same shape."""

from alchemy_assets.curation.redaction.findings import KINDS
from alchemy_assets.curation.redaction.judging import COLUMNS, NAME, edits_of, stage

__all__ = ["COLUMNS", "KINDS", "NAME", "edits_of", "stage"]
