"""Say what programs see of a system, whatever contains them: its folders, its settings, their own account.

Belongs here: names and paths below the system's root. Does not: showing them (`bubblewrap`, `docker`), making a system
(`root`). Imports the standard library only, as the launcher reads it at its start.
"""

from pathlib import Path

from alchemy_assets.sandbox.program_folder import TEMPORARY

GUEST = 10_001
"""The uid and gid that programs see."""

SHARED_MEMORY_BYTES = 2**20
_NODE_PACKAGES = "usr/share/nodejs"
_FOLDERS = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
# Debian's Java, Mono and PHP keep files outside /usr, without which they do not start or miss their extensions.
_JAVA_SETTINGS = tuple(f"etc/java-{version}-openjdk" for version in range(8, 40))
_SETTINGS = (
    *("etc/alternatives", "etc/ld.so.cache", "etc/mono", "etc/php", *_JAVA_SETTINGS),
    *("etc/matplotlibrc", "etc/protocols", "etc/services", "etc/ssl/certs/ca-certificates.crt"),
)
"""What is shown of /etc, where it is there: no accounts, no names of machines, no keys."""

PASSWD = f"sandbox:x:{GUEST}:{GUEST}:sandbox:{TEMPORARY}:/bin/bash\n".encode()
GROUP = f"sandbox:x:{GUEST}:\n".encode()
HOSTS = b"127.0.0.1 localhost sandbox\n::1 localhost sandbox\n"


def system_links(root: Path) -> dict[str, str]:
    """Return the links that stand in a program's root folder, and where they lead."""
    links = {name: str((root / name).readlink()) for name in _FOLDERS if (root / name).is_symlink()}
    # Where ES modules and tsc look for packages last; they know nothing of Debian's place for them.
    return {**links, "node_modules": _NODE_PACKAGES} if (root / _NODE_PACKAGES).is_dir() else links


def system_binds(root: Path) -> list[str]:
    """Return what programs see of a system, as paths below its root."""
    folders = [name for name in _FOLDERS if (root / name).is_dir() and not (root / name).is_symlink()]
    return ["usr", *folders, *(name for name in _SETTINGS if (root / name).exists())]
