"""The helper process that starts, watches and clears away the runs of one worker, one at a time.

Belongs here: everything that must happen in a process with a single thread: the signal that ends a run with its parent
follows the thread that started it. Imports only the standard library and its neighbours here, so that it starts in few
milliseconds. Does not: choosing what is run (`backend`), a single run (`contained_run`).
"""

import contextlib
import os
from multiprocessing.connection import Connection

from alchemy_assets.sandbox.bubblewrap.cgroups import Hierarchy, find_hierarchy, remove_abandoned, step_aside
from alchemy_assets.sandbox.bubblewrap.contained_run import ContainedRun, Gone, LaunchError
from alchemy_assets.sandbox.bubblewrap.containment import Containment, prepare_launcher
from alchemy_assets.sandbox.bubblewrap.group import Group
from alchemy_assets.sandbox.jobs import Ending, Job
from alchemy_assets.sandbox.sandbox import Limits


def run_job(job: Job, containment: Containment, hierarchy: Hierarchy | None, line: int) -> Ending:
    """Run one job; raises LaunchError where it does not start, and Gone when the descriptor `line` gets readable."""
    try:
        this = ContainedRun(job, containment, hierarchy)
    except OSError as error:
        message = f"no control group could be made: {error}"
        raise LaunchError(message) from error
    with this.clean_up:
        try:
            return _watched(this, line)
        except (LaunchError, OSError) as error:
            this.drain()  # It may have ended in the middle of being set up, and have said why.
            said = this.stderr.kept.decode(errors="replace").strip()
            raise LaunchError(f"{error}: {said}" if said else str(error)) from error


def _watched(this: ContainedRun, line: int) -> Ending:
    wall_seconds = 0.0
    try:
        try:
            this.start()
            wall_seconds = this.watch(line)
        finally:
            this.end()
    except (LaunchError, OSError) as error:
        # A limit that is met before the program starts is an outcome, too.
        if isinstance(error, TimeoutError) or not (this.out_of_memory or this.out_of_processes):
            raise
    this.drain()
    this.check_started()
    return this.ending(wall_seconds)


def _find_groups() -> Hierarchy | None:
    """Return where this process can really make groups and be in them; some containers show groups that they refuse."""
    hierarchy = find_hierarchy()
    if hierarchy is None:
        return None
    remove_abandoned(hierarchy)
    try:
        group = Group(hierarchy, Limits())
        try:
            with group.inside():
                return hierarchy
        finally:
            group.remove()
    except OSError:
        return None


def serve(descriptor: int, *, own_scope: bool) -> None:
    """Answer jobs until the connection ends.

    Takes `Walls` first and answers with the words that describe the control groups, or None without them. Then takes
    a `Job` at a time and answers with its `Ending`, or with the words of what kept it from starting.
    own_scope: whether this process was started into a control group that is its alone.
    """
    os.chdir("/")
    os.umask(0o022)
    prepare_launcher()
    if own_scope:
        with contextlib.suppress(OSError):
            step_aside()
    hierarchy = _find_groups()
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError, Gone), Connection(descriptor) as parent:
        containment = Containment(parent.recv())
        parent.send(hierarchy.describe() if hierarchy else None)
        while True:
            job = parent.recv()
            try:
                answer: Ending | str = run_job(job, containment, hierarchy, parent.fileno())
            except LaunchError as error:
                answer = str(error)
            parent.send(answer)
