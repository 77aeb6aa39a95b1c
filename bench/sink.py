"""The webhook sink, a process of its own: takes every notice and notes when it was there.

A notice is stamped when its last byte was read, before it is answered. `GET /` tells what came.
"""

from __future__ import annotations

import asyncio
import json
import sys

from bench import clock

_TAKEN = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Sink:
    """Keeps, for each resident, when the first alert about them came."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            if head.startswith(b"GET"):
                writer.write(self._told())
            else:
                body = await reader.readexactly(_length(head))
                self._took(body, clock.stamp())
                writer.write(_TAKEN)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            print(f"a sender went away: {error!r}", file=sys.stderr)
        finally:
            writer.close()

    def _took(self, body: bytes, at: int) -> None:
        self.count += 1
        data = json.loads(body)["data"]
        resident = (data.get("resident") or {}).get("id")
        if resident is not None and data.get("kind") == "alert":
            self.first.setdefault(resident, at)

    def _told(self) -> bytes:
        said = json.dumps({"first": self.first, "count": self.count}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(said)}\r\nConnection: close\r\n\r\n"
        return head.encode() + said


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


async def run() -> None:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, backlog=1024)
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"port": port}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)  # until whoever started it goes


if __name__ == "__main__":
    asyncio.run(run())
