"""Screen C and C++ files.

Belongs here: what a header, a function or a class of C and C++ means for a trace.
Does not: the order of the questions (`engine`).
"""

import re
from dataclasses import replace

from alchemy_assets.tracing.reasons import Dropped, Reason
from alchemy_assets.tracing.screening import engine
from alchemy_assets.tracing.screening.code import Code
from alchemy_assets.tracing.screening.engine import Table, Unordered, own, words


def _is_program(code: Code) -> bool:
    return re.search(r"\bmain\s*\([^;{]*\)\s*(?:[^;{()]*;\s*)*\{", code.bare) is not None and "main" in code.defined


def _other_file(code: Code) -> str | None:
    """The first header between quotes: a file of the project that does not come along."""
    match = re.search(r'^[ \t]*#[ \t]*include[ \t]*"([^"\n]+)"', code.plain, re.MULTILINE)
    return match[1] if match else None


_C = Table(
    "C",
    _is_program,
    imports=re.compile(r"^[ \t]*#[ \t]*include[ \t]*<([^>\n]+)>", re.MULTILINE),
    modules={
        Reason.NEEDS_LIBRARY: words(
            "windows.h conio.h graphics.h dos.h direct.h io.h tchar.h winsock2.h windowsx.h bios.h GL GLFW "
            "SDL SDL2 X11 gtk"
        ),
        Reason.NONDETERMINISTIC: words(
            "arpa dirent.h ftw.h glob.h ifaddrs.h linux mqueue.h ncurses.h curses.h net netdb.h netinet "
            "poll.h pthread.h"
            " pwd.h grp.h sched.h semaphore.h spawn.h stdatomic.h sys/epoll.h sys/inotify.h sys/ipc.h "
            "sys/mman.h sys/msg.h"
            " sys/ptrace.h sys/random.h sys/resource.h sys/select.h sys/sem.h sys/shm.h sys/socket.h sys/stat.h"
            " sys/sysinfo.h sys/time.h sys/times.h sys/un.h sys/utsname.h sys/wait.h syslog.h termios.h "
            "threads.h ucontext.h"
            " utmp.h atomic chrono condition_variable execution filesystem future latch mutex random shared_mutex"
            " thread stop_token barrier semaphore boost/asio boost/thread omp.h mpi.h"
        ),
        Reason.UNLEARNABLE: words("openssl zlib.h bzlib.h lzma.h crypt.h gcrypt.h sodium.h complex.h complex"),
    },
    calls=(
        (
            Reason.NONDETERMINISTIC,
            own(
                "arc4random arc4random_uniform clock clock_gettime confstr ctime drand48 execl execlp execv "
                "execve execvp"
                " fork getcwd getenv getentropy gethostname getlogin getpid getppid getrandom getrusage "
                "gettimeofday getuid"
                " gmtime_r localtime lrand48 mkstemp mrand48 nanosleep popen rand rand_r random "
                "random_shuffle setitimer"
                " secure_getenv signal sigaction sysconf system time tmpfile tmpnam uname vfork",
                before=r"(?<![\w.>$@&])(?<!(?<!std)::)(?:std::)?",
            ),
        ),
        (
            Reason.NONDETERMINISTIC,
            re.compile(r"\b__(?:DATE|TIME|TIMESTAMP)__\b|\benviron\b|\bstd::async\b|\bPRI[a-zA-Z]PTR\b"),
        ),
        (Reason.UNLEARNABLE, re.compile(r"\bstd::hash\b|(?<![\w:])hash<")),
    ),
    texts=((Reason.NONDETERMINISTIC, re.compile(r"%-?\d*p(?![a-z])")),),
    foreign=_other_file,
)
_CPP = replace(
    _C,
    language="Cpp",
    # Those of Eigen begin anew each time and take the same numbers, which nobody could tell.
    calls=(*_C.calls, (Reason.UNLEARNABLE, re.compile(r"::Random\s*\(|\.setRandom\s*\("))),
    unordered=(
        Unordered(
            Reason.UNLEARNABLE,
            re.compile(r"\bunordered_(?:multi)?(?:map|set)\s*<[^;(){}]*>\s*&?\s*(\w+)"),
            r":\s*(?:this->|\w+\.)?NAME\s*\)|\bNAME\.c?begin\s*\(",
        ),
    ),
)


def screen_c(source: str) -> Dropped | None:
    """Why a C file is not worth running, or None."""
    return engine.screen(_C, source)


def screen_cpp(source: str) -> Dropped | None:
    """Why a C++ file is not worth running, or None."""
    return engine.screen(_CPP, source)
