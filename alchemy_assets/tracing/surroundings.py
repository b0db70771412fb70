"""What a trace must not hang on: surroundings that differ from run to run, so that "identical" means something.

Belongs here: host names, folders and environments. Does not: running. The date cannot be changed in a sandbox without
help from the program, so programs that ask for it are screened out (`screening`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

TEMPORARY = "/tmp"  # noqa: S108 -- a folder of the sandbox, not of this machine


@dataclass(frozen=True)
class Surroundings:
    """What a trace must not hang on: the host's name, the folder, and the environment of a run."""

    host_name: str
    work_folder: str
    environment: Mapping[str, str]


SURROUNDINGS = (
    Surroundings("sandbox", TEMPORARY, {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "0", "USER": "sandbox"}),
    Surroundings(
        "builder-17.example",
        f"{TEMPORARY}/work/checkout",
        {
            "TZ": "Asia/Tokyo",
            "LANG": "C",
            "LC_ALL": "C",
            "PYTHONHASHSEED": "4711",
            "SWIFT_DETERMINISTIC_HASHING": "0",
            "MALLOC_PERTURB_": "165",
            "USER": "ada",
            "LOGNAME": "ada",
            "HOME": f"{TEMPORARY}/work",
        },
    ),
    Surroundings(
        "n42",
        f"{TEMPORARY}/jobs/2031-02-28/run",
        {
            "TZ": "America/St_Johns",
            "LC_ALL": "POSIX",
            "PYTHONHASHSEED": "99",
            "SWIFT_DETERMINISTIC_HASHING": "0",
            "MALLOC_PERTURB_": "90",
            "USER": "root",
            "EDITOR": "vi",
            "BUILD_DATE": "2031-02-28",
        },
    ),
)
