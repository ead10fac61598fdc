# Sends every message back, long ones in fragments (package "websockets")
import asyncio

import websockets

FRAGMENT = 50000


async def echo(socket, path=None):
    async for message in socket:
        if len(message) > FRAGMENT:
            await socket.send([message[i : i + FRAGMENT] for i in range(0, len(message), FRAGMENT)])
        else:
            await socket.send(message)


async def main():
    async with websockets.serve(
        echo, "127.0.0.1", 0, subprotocols=["lws-minimal"], max_size=2**26, ping_interval=None
    ) as server:
        print("PORT", server.sockets[0].getsockname()[1], flush=True)
        await asyncio.Future()


asyncio.run(main())
