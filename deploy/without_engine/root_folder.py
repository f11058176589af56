"""A folder that is a root of its own: made by debootstrap, and entered with mounts that end with the command."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.without_engine.dockerfile import PATH

# What Python's own modules are linked to; the image that the Dockerfile names brings the same.
_LIBRARIES = (
    *("ca-certificates", "netbase", "tzdata", "zlib1g", "libbz2-1.0", "liblzma5", "libuuid1", "libexpat1"),
    *("libdb5.3t64", "libffi8", "libssl3t64", "libsqlite3-0", "libreadline8t64", "libncursesw6", "libgdbm6t64"),
)
# SIOCSIFFLAGS with IFF_UP and IFF_RUNNING, as not every machine has the program `ip`.
_LOOPBACK_UP = (
    "import fcntl, socket, struct; fcntl.ioctl(socket.socket(), 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))"
)
_VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"


class RootError(RuntimeError):
    """A root that cannot be made or entered here; the message says why."""


@dataclass(frozen=True, slots=True)
class Mount:
    """A folder or file of this machine within the root."""

    source: Path
    target: str
    writable: bool = False


def make_base(root: Path, release: str) -> None:
    """Debian's `release` in the new folder `root`, with the Python that runs this in /usr/local.

    Raises `RootError` where that Python is not in a folder of its own, or debootstrap fails.
    """
    prefix = Path(sys.base_prefix)
    if prefix == Path("/usr"):
        raise RootError(
            "This Python is the system's own and cannot be copied: use one of its own folder, as pyenv has."
        )
    program = shutil.which("debootstrap") or shutil.which("debootstrap", path="/usr/sbin:/sbin")
    if program is None:
        raise RootError("debootstrap is needed: apt-get install debootstrap.")
    included = f"--include={','.join(_LIBRARIES)}"
    made = subprocess.run([program, "--variant=minbase", included, release, root], capture_output=True, text=True)
    if made.returncode:
        raise RootError(f"debootstrap ended with {made.returncode}:\n{made.stdout[-1500:]}{made.stderr[-500:]}")
    # Not what is installed in it besides.
    shutil.copytree(
        prefix / "lib" / _VERSION,
        root / "usr/local/lib" / _VERSION,
        symlinks=True,
        ignore=shutil.ignore_patterns("site-packages", "__pycache__", "test"),
    )
    for library in (prefix / "lib").glob("libpython*"):
        shutil.copy2(library, root / "usr/local/lib", follow_symlinks=False)
    shutil.copy2(prefix / "bin" / _VERSION, root / "usr/local/bin" / _VERSION)
    for name in ("python3", "python"):
        (root / "usr/local/bin" / name).symlink_to(_VERSION)
    run_in(root, ["ldconfig"])


def run_in(
    root: Path,
    command: Sequence[str],
    *,
    env: Mapping[str, str] = {},
    folder: str = "/",
    user: str = "root",
    mounts: Sequence[Mount] = (),
    sealed: bool = False,
    timeout: float = 3600,
) -> str:
    """What the command prints within the root, run as `user`.

    `sealed` is how the documentation runs the container: a root that is only read, no rights, no new ones, /tmp in
    memory; and, which no container has, no network but this machine's own. Raises `RootError` where it fails.
    """
    namespaces = ["unshare", "--mount", "--pid", "--fork", "--kill-child", *(["--net"] if sealed else [])]
    script = "\n".join((*_mounting(root, mounts, sealed), _entering(root, command, env, folder, user, sealed)))
    done = subprocess.run(
        [*namespaces, "sh", "-ec", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout
    )
    if done.returncode:
        raise RootError(f"{shlex.join(command)[:300]} ended with {done.returncode}:\n{done.stdout[-3000:]}")
    return done.stdout


def _mounting(root: Path, mounts: Sequence[Mount], sealed: bool) -> list[str]:
    place = shlex.quote(str(root))
    lines = [
        "mount --make-rprivate /",
        f"mount --bind {place} {place}",
        f"mount -t proc proc {place}/proc",
        f"mount --rbind /dev {place}/dev",
    ]
    for mount in mounts:
        target, source = shlex.quote(f"{root}{mount.target}"), shlex.quote(str(mount.source))
        lines.append(
            f"mkdir -p {target}" if mount.source.is_dir() else f'mkdir -p "$(dirname {target})"; touch {target}'
        )
        lines.append(f"mount --bind {source} {target}")
        if not mount.writable:
            lines.append(f"mount -o remount,bind,ro {target}")
    if sealed:
        lines += [f"mount -t tmpfs tmpfs {place}/tmp", f"mount -o remount,bind,ro {place}"]
        lines.append(shlex.join([sys.executable, "-c", _LOOPBACK_UP]))
    return lines


def _entering(root: Path, command: Sequence[str], env: Mapping[str, str], folder: str, user: str, sealed: bool) -> str:
    words = ["exec", "chroot", str(root), "env", "-i", f"--chdir={folder}"]
    words += [f"{name}={value}" for name, value in ({"PATH": PATH} | dict(env)).items()]
    if user != "root":
        words += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    if sealed:
        words += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all"]
    return shlex.join([*words, *command])
