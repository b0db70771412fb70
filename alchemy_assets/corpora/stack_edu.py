"""Stack-Edu: educational files of The Stack v2 in 15 languages, a folder a language; ids without texts.

Columns as published (https://huggingface.co/datasets/HuggingFaceTB/stack-edu); Go has more, an early version lacks licences.
"""

from types import MappingProxyType
from typing import Final

from alchemy_assets.corpora.parquet_ids import Shape

SHAPE: Final = Shape(
    key="stack_edu",
    home="hf://datasets/HuggingFaceTB/stack-edu",
    columns=MappingProxyType(
        {
            "blob_id": ("blob_id",),
            "label": ("language",),
            "repo_name": ("repo_name",),
            "path": ("path",),
            "licenses": ("detected_licenses",),
            "license_type": ("license_type",),
            "src_encoding": ("src_encoding",),
            "length_bytes": ("length_bytes",),
            "text": ("text", "content"),
        }
    ),
    needed=frozenset(
        ("blob_id", "label", "repo_name", "path", "licenses", "license_type", "src_encoding", "length_bytes")
    ),
)
