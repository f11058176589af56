"""Firefox as Debian has it, for Playwright: started as the program `python firefox_bridge.py FIREFOX ARGUMENTS…`.

Playwright speaks WebDriver BiDi to a Firefox that is not its own, and asks at the beginning for one thing that the
long-term release does not know yet: to play a light or dark system. This stands between the two, passes on what they
say and answers that one itself.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

UNKNOWN = frozenset({"emulation.setMediaFeaturesOverride"})
"""What this Firefox would refuse, and what no test with it needs."""
_LISTENING = re.compile(rb"(WebDriver BiDi listening on ws://127\.0\.0\.1:)(\d+)")
_MOST_BYTES = 64 * 1024 * 1024  # a picture of a page


async def main(program: list[str]) -> int:
    """Runs Firefox until it ends or whoever drives it goes; its exit status."""
    firefox = await asyncio.create_subprocess_exec(*program, stderr=asyncio.subprocess.PIPE)
    assert firefox.stderr is not None
    async for line in firefox.stderr:
        if found := _LISTENING.search(line):
            break
        sys.stderr.buffer.write(line)
    else:
        return await firefox.wait()
    place = f"ws://127.0.0.1:{int(found[2])}"

    async def bridge(driver: ServerConnection) -> None:
        assert driver.request is not None
        async with connect(place + driver.request.path, max_size=_MOST_BYTES, compression=None) as browser:

            async def there() -> None:
                async for said in driver:
                    command = json.loads(said)
                    if command["method"] in UNKNOWN:
                        await driver.send(json.dumps({"type": "success", "id": command["id"], "result": {}}))
                    else:
                        await browser.send(said)
                await browser.close()

            async def back() -> None:
                async for said in browser:
                    await driver.send(said)
                await driver.close()

            await asyncio.gather(there(), back(), return_exceptions=True)

    async with serve(bridge, "127.0.0.1", 0, max_size=_MOST_BYTES, compression=None) as listener:
        port = next(iter(listener.sockets)).getsockname()[1]
        print(f"WebDriver BiDi listening on ws://127.0.0.1:{port}", file=sys.stderr, flush=True)
        async for line in firefox.stderr:
            sys.stderr.buffer.write(line)
            sys.stderr.flush()
        return await firefox.wait()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:])))
