"""Which compilers can be kept warm, and how: one row for each, by the path of the compiler that it stands for.

Belongs here: how drivers are built and started. Does not: their code, in files beside this one; when they are used
(`builds`). A driver hands each program the same command line that a compiler of its own would get.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from alchemy_assets.sandbox.toolchains.toolchain import Plan
from alchemy_assets.sandbox.warm.batch import OWN


@dataclass(frozen=True)
class Driver:
    """Keeps one compiler warm for a batch.

    source: its file beside this one. start: what starts it, from the folder in which it lies in `OWN`.
    compile: what builds it from its source; None where it is started as it is. fewest: programs of a batch for which
    it pays, its own build left aside.
    """

    source: str
    start: tuple[str, ...]
    compile: tuple[str, ...] | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    fewest: int = 4

    def plan(self) -> Plan:
        """Return how it is built; the command that starts it is run one folder higher."""
        content = Path(__file__).with_name(self.source).read_bytes()
        return Plan({self.source: content}, run=self.start, compile=self.compile)


# Short lives: what the second compiler of the virtual machine saves, a batch does not live to see.
_JAVA = ("-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "-Xmx1g")
_MONO = "/usr/lib/mono/4.5"

DRIVERS: Mapping[str, Driver] = MappingProxyType(
    {
        "/usr/bin/javac": Driver(
            "Javac.java",
            start=("/usr/bin/java", *_JAVA, "-cp", OWN, "Javac"),
            compile=("/usr/bin/javac", *(f"-J{option}" for option in _JAVA), "-proc:none", "-d", ".", "Javac.java"),
        ),
        "/usr/bin/mcs": Driver(
            "Mcs.cs",
            start=("/usr/bin/mono", f"{OWN}/driver.exe"),
            # Not called as the compiler is: mono takes assemblies of one name for the same.
            compile=("/usr/bin/mcs", "-out:driver.exe", f"-r:{_MONO}/mcs.exe", "Mcs.cs"),
            environment={"MONO_PATH": _MONO},
        ),
        "/usr/bin/tsc": Driver("tsc.js", start=("/usr/bin/node", f"{OWN}/tsc.js", "/usr/bin/tsc")),
        "/usr/bin/esbuild": Driver("each.py", start=("/usr/bin/python3", "-I", "-S", f"{OWN}/each.py")),
    }
)
"""The drivers by the first word of the command line that they stand for."""
