# Joins a chat, counts what is said until "end" (package "websockets"): URL
import asyncio
import sys

import websockets


async def main(url):
    count = 0
    async with websockets.connect(url, ping_interval=None) as socket:
        print("PORT 0", flush=True)
        async for message in socket:
            if message.startswith("end"):
                await socket.close(1000)
                break
            count += 1
    print("COUNT", count, socket.close_code, flush=True)


asyncio.run(main(sys.argv[1]))
