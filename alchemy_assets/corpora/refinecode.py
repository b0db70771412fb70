"""RefineCode, the code corpus of OpenCoder (arXiv 2411.04905), as tables with texts or with blob ids.

What is published (https://huggingface.co/datasets/OpenCoder-LLM/RefineCode-code-corpus-meta) has neither: repositories, file
names and languages of files of The Stack v2. Such a table is refused; joined with the ids of The Stack v2 it can be read.
"""

from types import MappingProxyType
from typing import Final

from alchemy_assets.corpora.parquet_ids import Shape

SHAPE: Final = Shape(
    key="refinecode",
    home="hf://datasets/OpenCoder-LLM/RefineCode-code-corpus-meta",
    columns=MappingProxyType(
        {
            "blob_id": ("blob_id",),
            "label": ("program_lang", "language", "lang"),
            "repo_name": ("repo_name",),
            "path": ("path", "sub_path"),
            "file_name": ("file_name",),
            "licenses": ("detected_licenses", "licenses", "license"),
            "license_type": ("license_type",),
            "src_encoding": ("src_encoding",),
            "length_bytes": ("length_bytes", "file_size_in_byte"),
            "text": ("text", "content"),
        }
    ),
    needed=frozenset(("blob_id", "label", "repo_name", "path")),
)
