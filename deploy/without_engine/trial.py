"""The finished image as the documentation runs it: nobody's rights, a root that is only read, and no network."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path

from deploy.without_engine.build import Built
from deploy.without_engine.root_folder import Mount, run_in

_SECONDS = 120
# Run within the root: starts the server as the image does, waits for its health check, asks, and stops it.
_TRIAL = """
import json, os, signal, subprocess, sys, time, urllib.request as web
command, check, seconds = json.loads(sys.argv[1])
began = time.monotonic()
server = subprocess.Popen(command)
while subprocess.run(check, stderr=subprocess.DEVNULL).returncode:
    assert server.poll() is None and time.monotonic() - began < seconds, "the health check was never passed"
    time.sleep(0.5)
ready = time.monotonic() - began
address = f"http://127.0.0.1:{os.environ['PAPERBACKED_PORT']}/api/v1/ask"
body = json.dumps({"question": "Do safety techniques remove a backdoor that was trained in?"}).encode()
began = time.monotonic()
answer = json.load(web.urlopen(web.Request(address, body, {"Content-Type": "application/json"}), timeout=60))
answered = time.monotonic() - began
status = open(f"/proc/{server.pid}/status").read()
said = {line.split(":")[0]: line.split(":")[1].split() for line in status.splitlines()}
def written(folder):
    try:
        open(os.path.join(folder, "trial"), "w").close()
    except OSError:
        return False
    return True
print("TRIAL" + json.dumps({
    "ready_seconds": round(ready, 1), "answer_seconds": round(answered, 2),
    "papers": sorted({citation["paper"]["id"] for citation in answer["citations"]}),
    "peak_mb": int(said["VmHWM"][0]) // 1024, "user": int(said["Uid"][0]),
    "rights": said["CapEff"][0], "no_new_rights": said["NoNewPrivs"][0],
    "writable": [folder for folder in ("/", "/etc", "/opt/paperbacked", "/tmp", os.getcwd()) if written(folder)],
}))
server.send_signal(signal.SIGTERM)
print("ENDED", server.wait(60))
"""


def try_out(built: Built, volume: Path) -> dict[str, object]:
    """Starts what the image starts, with a new volume in the folder `volume`; what was found.

    Raises `RootError` where it does not come up, ask or end as it should.
    """
    around = built.surroundings
    home = built.last("VOLUME").rest
    # A new volume is filled with what the image has there.
    shutil.copytree(built.root / home.lstrip("/"), volume, symlinks=True)
    owner = (built.root / home.lstrip("/")).stat()
    for path in (volume, *volume.rglob("*")):
        shutil.chown(path, owner.st_uid, owner.st_gid)
    start = [*json.loads(built.last("ENTRYPOINT").rest), *json.loads(built.last("CMD").rest)]
    check = json.loads(built.last("HEALTHCHECK").rest.partition("CMD")[2])
    words = json.dumps([start, check, _SECONDS])
    printed = run_in(
        built.root,
        ["python", "-c", _TRIAL, words],
        env=around.env | {"HOME": home},
        folder=around.folder,
        user=around.user,
        mounts=[Mount(volume, home, writable=True)],
        sealed=True,
        timeout=_SECONDS * 4,
    )
    [found] = [json.loads(line.removeprefix("TRIAL")) for line in printed.splitlines() if line.startswith("TRIAL")]
    asked = run_in(
        built.root,
        [*json.loads(built.last("ENTRYPOINT").rest), *shlex.split("search --top 1 backdoor")],
        env=around.env | {"HOME": home},
        folder=around.folder,
        user=around.user,
        mounts=[Mount(volume, home, writable=True)],
        sealed=True,
    )
    return found | {"ended": printed.rpartition("ENDED ")[2].strip(), "command_said": bool(asked.strip())}
