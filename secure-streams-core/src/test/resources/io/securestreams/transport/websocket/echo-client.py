# Sends messages to an echo server and checks what comes back (package "websockets"): URL,
# "deflate" or nothing for compression
import asyncio
import sys

import websockets


async def main(url, compression):
    async with websockets.connect(
        url, compression=compression, subprotocols=["chat"], max_size=2**24, ping_interval=None
    ) as socket:
        size = 0
        while size <= 256 * 1024:
            message = "κόσμε " * (size // 6)
            await socket.send(message)
            assert await socket.recv() == message, size
            fragments = [message[i : i + 1000] for i in range(0, len(message), 1000)] or [""]
            await socket.send(fragments)
            assert await socket.recv() == message, size
            size = max(16, size * 2)
        await asyncio.wait_for(await socket.ping("are you there"), 20)
        await socket.close(1000, "bye")
        assert socket.close_code == 1000, socket.close_code
        print("OK", "deflate" if socket.extensions else "plain", socket.subprotocol or "none")


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None))
