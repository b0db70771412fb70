"""One run, from its pipes to the last trace of it: start it, watch it, end it, and say how it ended.

Belongs here: pipes, waiting, looking at the limits. Does not: how it is contained (`containment`, `group`, `limits`), what
an end means (`limits.decide`), the order of runs (`launcher`).
"""

import contextlib
import io
import json
import os
import select
import signal
import time

from alchemy_assets.sandbox.bubblewrap.cgroups import Hierarchy
from alchemy_assets.sandbox.bubblewrap.containment import Containment, Descriptors, as_guest, own_user, sealed
from alchemy_assets.sandbox.bubblewrap.group import Group
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.limits import Facts, ProcessMeter, decide, limit_sandbox
from alchemy_assets.sandbox.program_folder import collect_files, collect_new_files, write_files
from alchemy_assets.sandbox.sandbox import Status

_START_SECONDS = 30.0
_ROOT_LOOK_SECONDS = 0.0005
_MOST_PIPES = 8
_NO_PROGRAM = 127
_FIRST_LOOK_SECONDS = 0.02
_LONGEST_LOOK_SECONDS = 0.05
_SHORTEST_LOOK_SECONDS = 0.005
_CHUNK = 2**16
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class LaunchError(Exception):
    """The sandbox itself could not be set up."""


class Gone(Exception):  # noqa: N818 - no error: nobody waits for the run any more
    """The process that asked for the run has ended."""


class _Stream:
    """Output of a program, of which `most` bytes are kept."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._content = bytearray()

    @property
    def overflown(self) -> bool:
        return len(self._content) > self._most

    @property
    def kept(self) -> bytes:
        return bytes(self._content[: self._most])

    def take(self, descriptor: int) -> bool:
        """Read once; return whether more may come that is worth reading."""
        chunk = os.read(descriptor, min(_CHUNK, self._most + 1 - len(self._content)))
        self._content += chunk
        return bool(chunk) and not self.overflown


class ContainedRun:
    """One run, from its pipes to the last trace of it. What it opens is closed by `clean_up`."""

    def __init__(self, job: Job, containment: Containment, hierarchy: Hierarchy | None) -> None:
        """Make the control group; raises OSError where the kernel refuses one."""
        self.job, self.containment = job, containment
        self.clean_up = contextlib.ExitStack()
        self.group = Group(hierarchy, job.limits) if hierarchy else None
        if self.group:
            self.clean_up.callback(self.group.remove)
        self.meter: ProcessMeter | None = None
        self.stdout, self.stderr = _Stream(job.limits.output_bytes), _Stream(job.limits.output_bytes)
        self.streams: dict[int, _Stream] = {}
        self.monitor = self.init_handle = self.status = -1
        self.ended_by_itself = False
        self.folder: int | None = None
        self.exit_code: int | None = None
        self.cpu_before = self.cpu_seconds = self.reaped_seconds = 0.0
        self.out_of_memory = self.out_of_processes = False

    def _keep(self, descriptor: int) -> int:
        self.clean_up.callback(os.close, descriptor)
        return descriptor

    def _writer(self) -> tuple[int, io.FileIO]:
        """Return the end of a pipe from which bwrap reads, and ours."""
        read, write = os.pipe2(os.O_CLOEXEC)
        ours = io.FileIO(write, "w")
        self.clean_up.callback(ours.close)
        return read, ours

    def _reader(self) -> tuple[int, int]:
        """Return our end of a pipe, and the one into which bwrap or its program writes."""
        read, write = os.pipe2(os.O_CLOEXEC)
        return self._keep(read), write

    def start(self) -> None:
        """Start bwrap, put the files in and let the program go."""
        job = self.job
        (stdout, stdout_end), (stderr, stderr_end), (self.status, status_end) = (self._reader() for _ in range(3))
        for descriptor, stream in ((stdout, self.stdout), (stderr, self.stderr)):
            os.set_blocking(descriptor, False)
            self.streams[descriptor] = stream
        if os.getuid() == 0:  # Otherwise programs could not open /dev/stdout and /dev/stderr, which scripts write to.
            for descriptor in (stdout_end, stderr_end):
                os.fchown(descriptor, own_user(), own_user())
        go_end, go = self._writer()
        by_pipe = _can_go_by_pipe(job)
        pipes = {name: self._writer() for name in job.files} if by_pipe else {}
        file_ends = {name: end for name, (end, _) in pipes.items()}
        theirs = Descriptors(sealed(job.stdin), stdout_end, stderr_end, status_end, go_end, file_ends)
        try:
            with self.group.inside() if self.group else contextlib.nullcontext():
                self.monitor = self.containment.start(job, theirs)
        finally:
            for descriptor in theirs.all():
                os.close(descriptor)
        init = _first_process(self.status)
        self.init_handle = self._keep(os.pidfd_open(init))
        if not by_pipe:
            self.folder = self._open_folder(init)
        with as_guest():
            limit_sandbox(init, job.limits, grouped=self.group is not None)
            if self.folder is not None:
                write_files(self.folder, job.files, job.executables)
        for name, (_, pipe) in pipes.items():
            pipe.write(job.files[name])
            pipe.close()
        if self.group:
            self.cpu_before = self.group.cpu_seconds()
        else:
            self.meter = ProcessMeter(init)
            self.cpu_before, _ = self.meter.look()
        go.write(self.containment.seccomp if self.group else self.containment.seccomp_unmetered)
        go.close()

    def _open_folder(self, init: int) -> int:
        """Open the work folder, from outside, once bwrap has built and entered its root and waits for the filter.

        The descriptor keeps the file system alive when all of its processes have ended, so it is read in peace then.
        """
        deadline = time.monotonic() + _START_SECONDS
        outside = os.stat("/")  # noqa: PTH116 - once a run
        with as_guest():
            while time.monotonic() < deadline and not _readable(self.init_handle):
                time.sleep(_ROOT_LOOK_SECONDS)
                with contextlib.suppress(OSError):
                    root = os.open(f"/proc/{init}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
                    try:
                        # Before the last pivot_root that is this machine's root, or one that has no such folder yet.
                        if not os.path.samestat(os.fstat(root), outside):
                            return self._keep(os.open(self.job.work_folder[1:], _FOLDER, dir_fd=root))
                    finally:
                        os.close(root)
        message = "bwrap did not get to build its root"
        raise LaunchError(message)

    def watch(self, line: int) -> float:
        """Read output and look at the limits until the program ends or meets one; return the wall seconds.

        line: becomes readable only when nobody waits for this run any more; raises Gone then.
        """
        started = time.monotonic()
        # With a group most programs end before anybody need look at them; without, memory is seen at looks alone.
        soonest = _FIRST_LOOK_SECONDS if self.group else _SHORTEST_LOOK_SECONDS
        next_look = started + min(soonest, self.job.limits.cpu_seconds, self.job.limits.wall_seconds)
        ended = self._keep(os.pidfd_open(self.monitor))
        poller = select.poll()
        for descriptor in (*self.streams, line, ended):
            poller.register(descriptor, select.POLLIN)
        while True:
            now = time.monotonic()
            if now >= next_look:
                left = min(self._look(), started + self.job.limits.wall_seconds - now)
                if left < 0 or self.out_of_memory or self.out_of_processes:
                    break
                next_look = now + min(max(left, _SHORTEST_LOOK_SECONDS), _LONGEST_LOOK_SECONDS)
            ready = {descriptor for descriptor, _ in poller.poll(max(next_look - now, 0) * 1_000)}
            if line in ready:
                raise Gone
            for descriptor in self.streams.keys() & ready:
                # A program can open its own pipe, and read it dry between our look and our read.
                with contextlib.suppress(BlockingIOError):
                    if not self.streams[descriptor].take(descriptor):
                        poller.unregister(descriptor)
            self.ended_by_itself = ended in ready
            if self.ended_by_itself or self.stdout.overflown or self.stderr.overflown:
                break
        return time.monotonic() - started

    def _look(self) -> float:
        """Look at what is used until now, and return the CPU seconds that are left."""
        if self.group:
            self.cpu_seconds = self.group.cpu_seconds() - self.cpu_before
            self.out_of_memory = self.group.out_of_memory()
            self.out_of_processes = self.group.out_of_processes()
        elif self.meter:
            used, resident = self.meter.look()
            self.cpu_seconds = max(self.cpu_seconds, used - self.cpu_before, self.reaped_seconds - self.cpu_before)
            self.out_of_memory = self.out_of_memory or resident > self.job.limits.memory_bytes
        return self.job.limits.cpu_seconds - self.cpu_seconds

    def end(self) -> None:
        """Kill all that is left of the run and wait until it is gone; then take the last measure of it."""
        if self.init_handle >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self.init_handle, signal.SIGKILL)
            # The init of a process namespace ends after everything in it has ended.
            select.select([self.init_handle], [], [])
        self._reap()
        self._look()
        if self.group:
            self.group.kill_all()

    def _reap(self) -> None:
        """End and wait for all children: bwrap's monitor and, where that went first, the init that it left to us."""
        alive = [self.monitor] if self.monitor > 0 else []
        while True:
            for child in alive:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            try:
                ended, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                return
            self.reaped_seconds += usage.ru_utime + usage.ru_stime
            if ended == self.monitor:
                self.exit_code = os.waitstatus_to_exitcode(status)
            # The init has been killed, unless bwrap ended before it told us of it: then it waits for bwrap for ever.
            alive = [] if self.init_handle >= 0 else _children()

    def drain(self) -> None:
        """Read what the ended program, or bwrap, left in its pipes."""
        for descriptor, stream in self.streams.items():
            with contextlib.suppress(BlockingIOError):
                while not stream.overflown and stream.take(descriptor):
                    pass

    def check_started(self) -> None:
        """Raise LaunchError where bwrap ended, by itself, without having got as far as the program.

        A program that is none, which a compiler can be made to write, is no fault of the sandbox: it ends as in a shell.
        """
        met = self.out_of_memory or self.out_of_processes
        if self.ended_by_itself and not met and b"exit-code" not in os.read(self.status, _CHUNK):
            if self.stderr.kept.startswith(b"bwrap: execvp "):
                self.exit_code = _NO_PROGRAM
                return
            message = "bwrap did not start the program"
            raise LaunchError(message)

    def ending(self, wall_seconds: float) -> Ending:
        """Say how the run ended, which is over and drained."""
        facts = Facts(
            exit_code=self.exit_code,
            cpu_seconds=self.cpu_seconds,
            wall_seconds=wall_seconds,
            out_of_memory=self.out_of_memory,
            out_of_processes=self.out_of_processes,
            too_much_output=self.stdout.overflown or self.stderr.overflown,
        )
        status, detail = decide(facts, self.job.limits)
        files, notes, executables = self._collect()
        if self.meter:
            notes.append("memory, processes and CPU time were limited without control groups")
        source = self.group or self.meter
        return Ending(
            status=status,
            detail="; ".join([detail, *notes] if detail else notes),
            exit_code=self.exit_code if status in {Status.FINISHED, Status.KILLED} else None,
            stdout=self.stdout.kept,
            stderr=self.stderr.kept,
            truncated=facts.too_much_output,
            files=files,
            wall_seconds=wall_seconds,
            cpu_seconds=self.cpu_seconds,
            peak_memory_bytes=source.peak_memory() if source else None,
            executables=executables,
        )

    def _collect(self) -> tuple[dict[str, bytes], list[str], frozenset[str]]:
        """Return the files that are asked for, what is to be said about others, and which may be executed."""
        if self.folder is None:
            return {}, [], frozenset()
        with as_guest():
            if self.job.collect_new:
                return collect_new_files(self.folder, self.job.files, self.job.limits.written_bytes)
            return *collect_files(self.folder, self.job.collect, self.job.limits.written_bytes), frozenset()


def _can_go_by_pipe(job: Job) -> bool:
    """Whether bwrap itself shall read the files of a job, which is faster, as nobody need wait for its folder.

    Not where files are read back, as the folder must be open before the program ends, and not where they are many or
    larger than the limit, which already holds when bwrap writes them.
    """
    largest = max(map(len, job.files.values()), default=0)
    few = len(job.files) <= _MOST_PIPES and max(largest, _CHUNK) <= job.limits.written_bytes
    return few and not job.collect and not job.collect_new


def _readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def _first_process(status: int) -> int:
    """Return the init of the sandbox, which bwrap tells once its own end is tied to ours."""
    said = b""
    while not said.endswith(b"\n"):
        chunk = os.read(status, _CHUNK)
        if not chunk:
            message = "bwrap did not start"
            raise LaunchError(message)
        said += chunk
    return int(json.loads(said)["child-pid"])


def _children() -> list[int]:
    """Return the children of this process; none on a kernel without CONFIG_PROC_CHILDREN."""
    try:
        with open("/proc/thread-self/children", "rb", buffering=0) as file:  # noqa: PTH123 - once a run
            return list(map(int, file.read().split()))
    except FileNotFoundError:
        return []
