"""Make and remove the containers of the docker backend, each of them for a single program.

Belongs here: what a container may do, whose it is, its image. Does not: when containers are made (`pool`), what an end
means (`contained_job`), talking to what runs inside (`gate_line`).
"""

import contextlib
import hashlib
import importlib
import io
import os
import socket
import tarfile
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from alchemy_assets.errors import SandboxUnavailableError
from alchemy_assets.sandbox.docker import gate
from alchemy_assets.sandbox.docker.gate_line import ContainerLostError, GateLine
from alchemy_assets.sandbox.docker.profile import docker_profile
from alchemy_assets.sandbox.jobs import Job
from alchemy_assets.sandbox.limits import OPEN_FILES
from alchemy_assets.sandbox.program_folder import TEMPORARY
from alchemy_assets.sandbox.system import (
    GROUP,
    GUEST,
    HOSTS,
    PASSWD,
    SHARED_MEMORY_BYTES,
    system_binds,
    system_links,
)

LABEL = "codealchemy.sandbox"
IMAGE = "codealchemy-sandbox"
_OWN_PROCESSES = 1
_OWN_MEMORY = 24 * 2**20
"""What the gate and the container itself hold of the memory, at most."""
_SMALLEST_ROOM = 2**20
_MASKED = (
    *("/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats"),
    *("/proc/sched_debug", "/proc/scsi", "/proc/timer_list", "/proc/timer_stats"),
    *("/sys/block", "/sys/bus", "/sys/class", "/sys/dev", "/sys/devices", "/sys/firmware", "/sys/hypervisor"),
    *("/sys/kernel", "/sys/module", "/sys/power"),
)
"""What Docker hides, and all of /sys but the container's own control groups, which the gate reads."""
_START_SECONDS, _ANSWER_SECONDS, _GOODBYE_SECONDS = 60.0, 120.0, 10
_CONFLICT = 409
_EVENT_SECONDS = 0.2
"""How late the daemon may hear of a process that was killed for its memory."""
_GATE = Path(gate.__file__).read_text(encoding="utf-8")


@dataclass(frozen=True)
class Shape:
    """What must be known of a job before its container is made; many jobs have the same.

    memory_bytes, temporary_bytes: of the program and of the files that are given to it.
    """

    host_name: str
    memory_bytes: int
    processes: int
    temporary_bytes: int


def shape_of(job: Job) -> Shape:
    """Return the shape of a container for this job; room for its files comes in powers of two, so that few are needed."""
    own = sum(map(len, job.files.values())) + 4_096 * len(job.files) + len(job.stdin)
    room = max(1 << (own - 1).bit_length(), _SMALLEST_ROOM)
    limits = job.limits
    return Shape(job.host_name, limits.memory_bytes + room, limits.processes, limits.written_bytes + room)


def _started(process: int | str) -> str:
    """Return when a process started, in ticks; empty where there is none."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _lives(process: str, started: str) -> bool:
    """Whether a process is alive that started at this time."""
    if seen := _started(process):
        return seen == started
    try:
        os.kill(int(process), 0)
    except PermissionError:  # That of another user, which a /proc with `hidepid` does not show.
        return True
    except (OSError, OverflowError, ValueError):
        return False
    return True


def _machine() -> str:
    return f"{socket.gethostname()} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"


@dataclass(frozen=True)
class Source:
    """Where containers come from: the daemon's address, the system that is shown in them or their image, the runtime."""

    address: str
    root: Path
    image: str | None
    runtime: str | None


class Engine:
    """A Docker daemon and how containers are made by it. Raises SandboxUnavailableError with what to do."""

    def __init__(self, source: Source) -> None:
        """Reach the daemon, and remove what earlier owners left there."""
        try:
            self._docker = importlib.import_module("docker")
        except ImportError as error:
            message = "The docker backend needs the Docker SDK: `pip install codealchemy[docker]`."
            raise SandboxUnavailableError(message) from error
        self.source = source
        self._files = contextlib.ExitStack()
        with self.asking():
            self._client = self._docker.APIClient(self.source.address, version="auto", timeout=_ANSWER_SECONDS)
            self.version = self._client.version()
            self._remove_abandoned()

    @contextlib.contextmanager
    def asking(self) -> Iterator[None]:
        """Raise what goes wrong between us and the daemon as an error of ours."""
        request_error = importlib.import_module("requests").RequestException
        try:
            yield
        except self._docker.errors.APIError as error:
            message = f"The Docker daemon at {self.source.address} refuses a container: {error.explanation or error}"
            raise SandboxUnavailableError(message) from error
        except (self._docker.errors.DockerException, request_error, OSError) as error:
            message = (
                f"No Docker daemon answers at {self.source.address}: {error}. Start it (`systemctl start docker`), become a "
                "member of its group, or name another address in the setting `sandbox.docker_host`."
            )
            raise SandboxUnavailableError(message) from error

    def information(self) -> dict[str, Any]:
        """Return what the daemon says about itself."""
        with self.asking():
            information: dict[str, Any] = self._client.info()
        return information

    def _remove_abandoned(self) -> None:
        """Remove containers whose owner is gone. Most end by themselves when it goes, but some are never started."""
        for container in self._client.containers(all=True, filters={"label": LABEL}):
            process, _, started = container["Labels"].get(f"{LABEL}.owner", "").partition(" ")
            if container["Labels"][LABEL] == _machine() and not _lives(process, started):
                self.remove(container["Id"])

    @cached_property
    def _profile(self) -> str:
        """Docker takes the text of a profile; Podman's interface for Docker clients takes it for a path (issue 27710)."""
        if not any("Podman" in component["Name"] for component in self.version.get("Components", ())):
            return docker_profile()
        folder = self._files.enter_context(tempfile.TemporaryDirectory(prefix=LABEL))
        file = Path(folder, "seccomp.json")
        file.write_text(docker_profile())
        return str(file)

    @cached_property
    def _image(self) -> str:
        """The image that the settings name, or an empty one in which the folders of a system are shown."""
        if self.source.image:
            return self.source.image
        content = io.BytesIO()
        with tarfile.open(fileobj=content, mode="w") as archive:
            for name, target in system_links(self.source.root).items():
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = tarfile.SYMTYPE, target
                archive.addfile(entry)
            for name, text in (("etc/passwd", PASSWD), ("etc/group", GROUP), ("etc/hosts", HOSTS)):
                entry = tarfile.TarInfo(name)
                entry.size, entry.mode = len(text), 0o644
                archive.addfile(entry, io.BytesIO(text))
        tag = hashlib.sha256(content.getvalue()).hexdigest()[:12]
        self._client.import_image_from_data(content.getvalue(), repository=IMAGE, tag=tag)
        return f"{IMAGE}:{tag}"

    @cached_property
    def _binds(self) -> list[str]:
        if self.source.image:
            return []
        root = self.source.root.resolve()
        return [f"{root / name}:/{name}:ro" for name in system_binds(root)]

    def start(self, shape: Shape) -> "Container":
        """Start a container whose gate waits for a job."""
        memory = shape.memory_bytes + _OWN_MEMORY
        ulimit = self._docker.types.Ulimit
        with self.asking():
            host = self._client.create_host_config(
                network_mode="none",
                read_only=True,
                cap_drop=["ALL"],
                security_opt=["no-new-privileges", f"seccomp={self._profile}"],
                pids_limit=shape.processes + _OWN_PROCESSES,
                mem_limit=memory,
                memswap_limit=memory,
                nano_cpus=10**9,  # One core, so that CPU seconds cannot run away between two looks at them.
                ipc_mode="private",
                shm_size=SHARED_MEMORY_BYTES,
                # The guest's own: of a folder that is there already runc takes the mode, whatever mode is asked for.
                tmpfs={TEMPORARY: f"rw,exec,nosuid,nodev,uid={GUEST},gid={GUEST},size={shape.temporary_bytes}"},
                # Not nproc: the kernel counts that over all containers, as they have the same user.
                ulimits=[ulimit(name="core", soft=0, hard=0), ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES)],
                binds=self._binds,
                log_config=self._docker.types.LogConfig(type="none", config={}),
                auto_remove=True,
                runtime=self.source.runtime,
            )
            host["MaskedPaths"] = list(_MASKED)  # No argument of the SDK's.
            identity = self._client.create_container(
                self._image,
                ["-I", "-S", "-c", _GATE],
                entrypoint=["/usr/bin/python3"],
                user=f"{GUEST}:{GUEST}",
                hostname=shape.host_name,
                working_dir=TEMPORARY,
                stop_signal="SIGKILL",  # The first process of a namespace ignores others, and a stopping daemon would wait.
                environment={},
                stdin_open=True,
                healthcheck={"test": ["NONE"]},
                host_config=host,
                labels={LABEL: _machine(), f"{LABEL}.owner": f"{os.getpid()} {_started('self')}"},
            )["Id"]
            try:
                streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
                line = self._client.attach_socket(identity, params=streams)
                self._client.start(identity)
            except BaseException:
                self.remove(identity)
                raise
        container = Container(self, identity, GateLine(line))
        try:
            container.line.hear(time.monotonic() + _START_SECONDS, 0)
        except ContainerLostError as error:
            container.dismiss()
            message = (
                f"A container ended before it took a program: {error}. It needs Python 3.8 or newer, /usr/bin/python3."
            )
            raise SandboxUnavailableError(message) from error
        except BaseException:
            container.dismiss()
            raise
        return container

    def remove(self, identity: str) -> None:
        """Remove a container, dead or alive; one that is gone already is well."""
        with contextlib.suppress(self._docker.errors.NotFound):
            try:
                self._client.remove_container(identity, force=True)
            except self._docker.errors.APIError as error:
                if error.status_code != _CONFLICT:  # Another removal of it is under way.
                    raise

    def await_end(self, identity: str) -> None:
        """Wait until a container that is about to end by itself is gone, and remove it where it does not end."""
        try:
            self._client.wait(identity, timeout=_GOODBYE_SECONDS, condition="removed")
        except (self._docker.errors.DockerException, importlib.import_module("requests").RequestException):
            self.remove(identity)

    def ran_out_of_memory(self, identity: str, since: float) -> bool:
        """Whether the kernel ended a process of the container, which may be gone by now, for its memory."""
        wanted = {"container": identity, "event": "oom"}
        with self.asking():
            # Until now, to the nanosecond: with whole seconds, which is what the SDK makes of a date, it would wait.
            until = f"{time.time() + _EVENT_SECONDS:.9f}"
            events = self._client.events(since=int(since) - 1, until=until, decode=True, filters=wanted)
            return any(True for _ in events)


@dataclass
class Container:
    """A container whose gate waits for a job, or has taken it."""

    engine: Engine
    identity: str
    line: GateLine
    born: float = field(default_factory=time.time)

    def ran_out_of_memory(self) -> bool:
        """Whether the kernel ended a process of the container, which may be gone by now, for its memory."""
        return self.engine.ran_out_of_memory(self.identity, self.born)

    def dismiss(self) -> None:
        """Hang up, upon which the gate ends, and wait until the container is gone."""
        self.line.hang_up()
        with self.engine.asking():
            self.engine.await_end(self.identity)
