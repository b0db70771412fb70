"""The Stack v2, smol: repositories in 17 languages, each with the list of its files; ids without texts.

Columns as published (https://huggingface.co/datasets/bigcode/the-stack-v2-train-smol-ids, gated: its terms have to be
accepted there, and a token given).
"""

from types import MappingProxyType
from typing import Final

from alchemy_assets.corpora.parquet_ids import Shape

SHAPE: Final = Shape(
    key="stackv2_smol",
    home="hf://datasets/bigcode/the-stack-v2-train-smol-ids",
    columns=MappingProxyType(
        {
            "repo_name": ("repo_name",),
            "blob_id": ("files.blob_id",),
            "label": ("files.language",),
            "path": ("files.path",),
            "licenses": ("files.detected_licenses",),
            "license_type": ("files.license_type",),
            "src_encoding": ("files.src_encoding",),
            "length_bytes": ("files.length_bytes",),
            "text": ("files.text", "files.content"),
        }
    ),
    needed=frozenset(
        ("blob_id", "label", "repo_name", "path", "licenses", "license_type", "src_encoding", "length_bytes")
    ),
    listed_in="files",
)
