"""Modules of Python and commands of a shell, by what their use means for a program that is to be followed by reading.

Belongs here: words. Does not: what follows from them (`programs`).
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# They answer the same everywhere.
PURE_MODULES = _words(
    """
    __future__ abc argparse array ast bisect builtins calendar cmath codecs collections colorsys configparser
    contextlib copy csv dataclasses datetime decimal difflib doctest enum errno fileinput fnmatch fractions
    functools getopt graphlib heapq html inspect io ipaddress itertools json keyword linecache locale logging
    math numbers operator optparse os pathlib pprint queue re reprlib sched shlex statistics string stringprep
    struct sys textwrap timeit token tokenize traceback types typing unicodedata unittest urllib warnings
    weakref xml
    """
)
# Nobody can work out what they give.
UNLEARNABLE_MODULES = _words(
    """
    base64 binascii bz2 gzip hashlib hmac lzma pickle random secrets uuid zlib marshal
    """
)
# The rest of the standard library: they depend on where they run.
OTHER_MODULES = _words(
    """
    asyncio cmd code concurrent ctypes curses dbm email filecmp ftplib gc getpass gettext glob grp http imaplib
    imp importlib ipaddress mailbox mimetypes mmap multiprocessing ntpath os pdb pkgutil platform poplib posix
    posixpath profile pstats pty pwd readline resource select selectors shelve shutil signal site smtplib socket
    socketserver sqlite3 ssl stat subprocess syslog sysconfig tarfile tempfile termios threading time timeit
    tkinter trace tracemalloc tty turtle venv wave webbrowser winreg wsgiref xmlrpc zipfile zipimport zoneinfo
    _thread atexit
    """
)
# They answer the same everywhere.
PURE_COMMANDS = _words(
    """
    : [ test true false echo printf read cat sed awk gawk mawk grep egrep fgrep sort uniq cut tr head tail wc
    seq expr bc dc paste join comm rev tac fold nl tee basename dirname xargs fmt factor column expand unexpand
    pr tsort split cmp diff numfmt local declare typeset readonly export set unset shift return exit break
    continue let eval getopts mapfile readarray shopt alias unalias trap wait command builtin type hash source .
    cd pushd popd exec
    """
)
# Nobody can work out what they give.
UNLEARNABLE_COMMANDS = _words(
    """
    md5sum sha1sum sha256sum sha512sum cksum sum base64 base32 shuf openssl gzip xxd od hexdump mcookie uuidgen
    """
)
# They depend on where they run.
OTHER_COMMANDS = _words(
    """
    date ls ps uname hostname whoami id env printenv find df du stat file pwd mktemp touch mkdir rm rmdir cp mv
    ln chmod chown sleep curl wget ping ssh scp sudo su kill pgrep pkill top free uptime who w tput stty clear
    time timeout realpath readlink which locale getent nproc tty jobs fg bg ulimit umask times history
    """
)
