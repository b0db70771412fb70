"""The helper process that starts, watches and clears away the runs of one worker, one at a time.

Belongs here: everything that must happen in a process with a single thread. Forking beside the threads of Polars can
deadlock, and the signal that ends a run with its parent follows the thread that forked. Imports only the standard
library and its neighbours here, so that it starts in few milliseconds. Does not: choosing what is run (`bubblewrap`).
"""

import contextlib
import json
import os
import select
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

from alchemy_assets.sandbox import containment
from alchemy_assets.sandbox.cgroups import Group, Hierarchy, find_hierarchy, remove_abandoned
from alchemy_assets.sandbox.containment import Descriptors, Walls
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.limits import Facts, ProcessMeter, decide, limit_processes, limit_this_process
from alchemy_assets.sandbox.program_folder import collect_files, collect_new_files, write_files
from alchemy_assets.sandbox.sandbox import Limits, Status

_START_SECONDS = 30.0
_LONGEST_LOOK_SECONDS = 0.05
_SHORTEST_LOOK_SECONDS = 0.005
_CHUNK = 2**16


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


class _Run:
    """One run, from its pipes to the last trace of it. What it opens is closed by `clean_up`."""

    def __init__(self, job: Job, walls: Walls, hierarchy: Hierarchy | None) -> None:
        self.job, self.walls = job, walls
        self.clean_up = contextlib.ExitStack()
        self.group = Group(hierarchy, job.limits) if hierarchy else None
        if self.group:
            self.clean_up.callback(self.group.remove)
        self.meter: ProcessMeter | None = None
        self.stdout, self.stderr = _Stream(job.limits.output_bytes), _Stream(job.limits.output_bytes)
        self.streams: dict[int, _Stream] = {}
        self.monitor = self.init_handle = -1
        self.exit_code: int | None = None
        self.cpu_before = self.cpu_seconds = self.reaped_seconds = 0.0
        self.out_of_memory = self.out_of_processes = False

    def _keep(self, descriptor: int) -> int:
        self.clean_up.callback(os.close, descriptor)
        return descriptor

    def start(self) -> int:
        """Start bwrap, put the files in and let the program go; return its open folder."""
        stdout, stdout_end = os.pipe2(os.O_CLOEXEC)
        stderr, stderr_end = os.pipe2(os.O_CLOEXEC)
        info, info_end = os.pipe2(os.O_CLOEXEC)
        block_end, block = os.pipe2(os.O_CLOEXEC)
        for descriptor in (stdout, stderr, info, block):
            self._keep(descriptor)
        for descriptor, stream in ((stdout, self.stdout), (stderr, self.stderr)):
            os.set_blocking(descriptor, False)
            self.streams[descriptor] = stream
        passwd, group = containment.account_files()
        theirs = Descriptors(
            stdin=containment.sealed(self.job.stdin),
            stdout=stdout_end,
            stderr=stderr_end,
            info=info_end,
            block=block_end,
            seccomp=containment.sealed(self.walls.seccomp),
            passwd=passwd,
            group=group,
        )
        command, launcher = containment.bwrap_command(self.job, self.walls, theirs), os.getpid()
        self.monitor = os.fork()
        if self.monitor == 0:
            self._become_bwrap(command, theirs, launcher)
        for descriptor in vars(theirs).values():
            os.close(descriptor)
        with open(info, closefd=False) as file:
            said = file.read()
        if not said:
            message = "bwrap did not start"
            raise LaunchError(message)
        init = json.loads(said)["child-pid"]
        self.init_handle = self._keep(os.pidfd_open(init))
        folder = self._folder(init)
        with containment.as_guest():
            write_files(folder, self.job.files, self.job.executables)
        if self.group:
            self.cpu_before = self.group.cpu_seconds()
        else:
            limit_processes(init, self.job.limits.processes)
            self.meter = ProcessMeter(init)
            self.cpu_before, _ = self.meter.look()
        os.write(block, b"\n")
        return folder

    def _become_bwrap(self, command: list[str], theirs: Descriptors, launcher: int) -> None:
        try:
            if self.group:
                self.group.join()
            limit_this_process(self.job.limits, grouped=self.group is not None)
            containment.become_bwrap(command, theirs, launcher)
        except BaseException as error:  # noqa: BLE001 - a forked child must not run on in its parent's code
            os.write(theirs.stderr, f"{type(error).__name__}: {error}".encode())
        finally:
            os._exit(1)

    def _folder(self, init: int) -> int:
        """Open the work folder, from outside, once bwrap has built and entered its root and waits for our word.

        The descriptor keeps the file system alive when all of its processes have ended, so it is read in peace then.
        """
        deadline = time.monotonic() + _START_SECONDS
        outside = Path("/").stat()
        while time.monotonic() < deadline and not _readable(self.init_handle):
            with contextlib.suppress(OSError), containment.as_guest():
                root = os.open(f"/proc/{init}/root", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
                try:
                    # Before the last pivot_root it is this machine's root, or one that has no such folder yet.
                    if not os.path.samestat(os.fstat(root), outside):
                        return self._keep(os.open(self.job.work_folder[1:], os.O_RDONLY | os.O_DIRECTORY, dir_fd=root))
                finally:
                    os.close(root)
            time.sleep(0.0003)
        message = "bwrap did not get to build its root"
        raise LaunchError(message)

    def watch(self, line: int) -> float:
        """Read output and look at the limits until the program ends or meets one; return the wall seconds.

        line: becomes readable only when nobody waits for this run any more; raises Gone then.
        """
        started = time.monotonic()
        next_look = started + _SHORTEST_LOOK_SECONDS
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
                if not self.streams[descriptor].take(descriptor):
                    poller.unregister(descriptor)
            if ended in ready or self.stdout.overflown or self.stderr.overflown:
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
        me = os.getpid()
        while self.monitor > 0:
            try:
                children = list(map(int, Path(f"/proc/{me}/task/{me}/children").read_text().split()))
            except FileNotFoundError:  # A kernel without CONFIG_PROC_CHILDREN.
                children = [self.monitor]
            for child in children:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
            try:
                ended, status, usage = os.wait4(-1, 0)
            except ChildProcessError:
                self.monitor = -1
                return
            self.reaped_seconds += usage.ru_utime + usage.ru_stime
            if ended == self.monitor:
                self.exit_code = os.waitstatus_to_exitcode(status)

    def drain(self) -> None:
        """Read what the ended program left in its pipes."""
        for descriptor, stream in self.streams.items():
            with contextlib.suppress(BlockingIOError):
                while not stream.overflown and stream.take(descriptor):
                    pass

    def ending(self, folder: int, wall_seconds: float) -> Ending:
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
        with containment.as_guest():
            if self.job.collect_new:
                files, notes, executables = collect_new_files(folder, self.job.files, self.job.limits.written_bytes)
            else:
                files, notes = collect_files(folder, self.job.collect, self.job.limits.written_bytes)
                executables = frozenset()
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


def _readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])


def run_job(job: Job, walls: Walls, hierarchy: Hierarchy | None, line: int) -> Ending:
    """Run one job; raises LaunchError where it does not start, and Gone when the descriptor `line` gets readable."""
    try:
        this = _Run(job, walls, hierarchy)
    except OSError as error:
        message = f"no control group could be made: {error}"
        raise LaunchError(message) from error
    with this.clean_up:
        try:
            folder = this.start()
        except (LaunchError, OSError) as error:
            this.end()
            this.drain()
            said = this.stderr.kept.decode(errors="replace").strip()
            raise LaunchError(f"{error}: {said}" if said else str(error)) from error
        try:
            wall_seconds = this.watch(line)
        finally:
            this.end()
        this.drain()
        return this.ending(folder, wall_seconds)


def _holds(hierarchy: Hierarchy) -> bool:
    """Whether a process can really be put into a group; some containers show groups that they refuse."""
    try:
        group = Group(hierarchy, Limits())
    except OSError:
        return False
    child = os.fork()
    if child == 0:
        try:
            group.join()
            os._exit(0)
        finally:
            os._exit(1)
    joined = os.waitpid(child, 0)[1] == 0
    group.remove()
    return joined


def serve(descriptor: int) -> None:
    """Answer jobs until the connection ends.

    Takes `Walls` first and answers with the words that describe the control groups, or None without them. Then takes
    a `Job` at a time and answers with its `Ending`, or with the words of what kept it from starting.
    """
    os.set_inheritable(descriptor, False)  # noqa: FBT003 - takes no keyword
    os.chdir("/")
    os.umask(0o022)
    containment.adopt_orphans()
    hierarchy = find_hierarchy()
    if hierarchy:
        remove_abandoned(hierarchy)
        hierarchy = hierarchy if _holds(hierarchy) else None
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError, Gone), Connection(descriptor) as parent:
        walls = parent.recv()
        parent.send(hierarchy.describe() if hierarchy else None)
        while True:
            job = parent.recv()
            try:
                answer: Ending | str = run_job(job, walls, hierarchy, parent.fileno())
            except LaunchError as error:
                answer = str(error)
            parent.send(answer)
