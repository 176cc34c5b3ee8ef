"""A SLURM cluster of one machine, this one: private folders, loopback addresses, daemons that end with the block."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

PACKAGES = ("slurm-wlm", "munge")
PROGRAMS = ("munged", "mungekey", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue")
PATIENCE = 60
"""Seconds that a daemon has to come up, or to end."""

# Memory is what jobs declare: a job whose processes hold more is killed at the next look, as clusters with cgroups do.
SLURM_CONF = """\
ClusterName=bornscape
SlurmctldHost={name}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
AuthType=auth/munge
# A job that lost its node is not started anew before the credential of its first start has expired: 120 s by default.
AuthInfo=socket={folder}/munge/socket,cred_expire=20
SlurmUser={user}
SlurmdUser={user}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=batch_sched_delay=1,sched_interval=5
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=2
JobAcctGatherParams=OverMemoryKill,UsePss
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
# A node that does not answer is given up, and its jobs with it, after this many seconds; a node that returns is used.
SlurmdTimeout=10
ReturnToService=2
# squeue, which the profile's status command is here, knows finished jobs for this long.
MinJobAge=600
KillWait=5
NodeName={name} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=all Nodes={name} Default=YES MaxTime=INFINITE State=UP
"""


def missing() -> list[str]:
    """Programs of SLURM and MUNGE that this machine lacks."""
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
    return [name for name in PROGRAMS if shutil.which(name, path=path) is None]


def install() -> str:
    """Install Debian's packages if they are missing; why there is no cluster to be had, or nothing."""
    if not missing():
        return ""
    if shutil.which("apt-get") is None:
        return f"{', '.join(missing())} missing, and no apt-get to install {' '.join(PACKAGES)}"
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if as_root and shutil.which("sudo") is None:
        return f"{', '.join(missing())} missing, and only root can install {' '.join(PACKAGES)}"
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        full = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", *command]
        done = subprocess.run(full, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"apt-get {command[0]} failed: {done.stderr.strip()[-300:]}"
    return f"{', '.join(missing())} missing after the installation" if missing() else ""


def free_ports(count: int) -> list[int]:
    """Ports of the loopback interface that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def wait_for(condition: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"waited {seconds:g} s for {what}")
        time.sleep(0.2)


@dataclass
class Cluster:
    """One controller and one node; each daemon is a child of this process, in the foreground."""

    folder: Path
    daemons: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Variables by which every SLURM command finds this cluster and no other."""
        path = os.pathsep.join([str(self.folder / "bin"), os.environ.get("PATH", ""), "/usr/sbin", "/sbin"])
        return os.environ | {"SLURM_CONF": str(self.folder / "slurm.conf"), "PATH": path}

    def _write_srun(self) -> None:
        """Put an srun first on the path that knows this cluster: the plugin's job steps drop SLURM_CONF."""
        folder = self.folder / "bin"
        folder.mkdir()
        script = f'#!/bin/sh\nSLURM_CONF={self.folder}/slurm.conf exec {shutil.which("srun")} "$@"\n'
        (folder / "srun").write_text(script, encoding="utf-8")
        (folder / "srun").chmod(0o755)

    def start(self) -> None:
        """Write the configuration and start munged, slurmctld and slurmd."""
        for name in ("munge", "state", "spool"):
            (self.folder / name).mkdir(parents=True, mode=0o755)
        controller_port, node_port = free_ports(2)
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        settings = {
            "name": socket.gethostname().split(".")[0],
            "user": getpass.getuser(),
            "folder": self.folder,
            "controller_port": controller_port,
            "node_port": node_port,
            "cpus": os.cpu_count(),
            "memory": int(0.9 * pages / 2**20),
        }
        (self.folder / "slurm.conf").write_text(SLURM_CONF.format(**settings), encoding="utf-8")
        self._write_srun()
        munge = self.folder / "munge"
        subprocess.run(["mungekey", "--create", f"--keyfile={munge}/key"], env=self.environment, check=True)
        files = [f"--{name}-file={munge}/{name}" for name in ("key", "pid", "seed")]
        self._start("munged", "--foreground", "--force", *files, f"--socket={munge}/socket")
        wait_for((munge / "socket").exists, "munged")
        self._start("slurmctld", "-D")
        wait_for(lambda: self.ask("scontrol", "ping").startswith("Slurmctld(primary)"), "slurmctld")
        self.start_node()

    def start_node(self) -> None:
        """Start slurmd, and wait until the controller sends it jobs."""
        self._start("slurmd", "-D")
        wait_for(lambda: self.node_state() in ("idle", "mixed", "allocated"), "slurmd")

    def node_state(self) -> str:
        """What the controller says of the node."""
        return self.ask("sinfo", "--noheader", "--format=%T").strip()

    def ask(self, *command: str) -> str:
        """Output of a SLURM command, empty if it fails."""
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60, check=False)
        return done.stdout if done.returncode == 0 else ""

    def kill_node(self) -> int:
        """Kill slurmd and every step of a job that it started, as a machine that loses power does; how many died."""
        killed = [process for pid in self._steps() for process in (pid, *_descendants(pid))]
        self.daemons.pop("slurmd").kill()
        for pid in killed:
            _kill(pid, signal.SIGKILL)
        return len(killed)

    def _steps(self) -> list[int]:
        """Process numbers of slurmstepd, which outlives slurmd, on this cluster."""
        ours = f"SLURM_CONF={self.folder / 'slurm.conf'}".encode()
        return [pid for pid, command in _commands() if "slurmstepd" in command and ours in _variables(pid)]

    def _start(self, name: str, *arguments: str) -> None:
        with open(self.folder / f"{name}.out", "ab") as output:
            self.daemons[name] = subprocess.Popen(
                [name, *arguments], env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def stop(self) -> None:
        """Cancel what still runs and end every daemon."""
        if "slurmctld" in self.daemons:
            self.ask("scancel", f"--user={getpass.getuser()}")
        for name in ("slurmd", "slurmctld", "munged"):
            daemon = self.daemons.pop(name, None)
            if daemon is None:
                continue
            if name == "slurmd":
                for pid in [each for step in self._steps() for each in (step, *_descendants(step))]:
                    _kill(pid, signal.SIGKILL)
            daemon.terminate()
            try:
                daemon.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()


def _kill(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def _commands() -> list[tuple[int, str]]:
    """Every process: its number and its command line."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            found.append((int(folder.name), (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("latin-1")))
        except OSError:
            continue
    return found


def _variables(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _descendants(pid: int) -> list[int]:
    children: list[int] = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1]) == pid:
                children.append(int(folder.name))
        except (OSError, IndexError):
            continue
    return [each for child in children for each in (child, *_descendants(child))]


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster for the time of a block."""
    made = Cluster(folder)
    try:
        made.start()
        yield made
    finally:
        made.stop()


if __name__ == "__main__":
    print(install() or f"{', '.join(PACKAGES)}: installed")
