# Says lines in a chat, each when the one before has come back (package "websockets"): URL, LINES, CA
import asyncio
import ssl
import sys

import websockets


async def main(url, lines, authority):
    trust = ssl.create_default_context(cafile=authority)
    async with websockets.connect(url + "?name=Python", ssl=trust) as socket:
        print(await socket.recv())
        for number in range(lines):
            line = f"line {number}"
            await socket.send(line)
            answer = await socket.recv()
            if answer != "Python: " + line:
                sys.exit("heard " + answer)
    print(f"said {lines} lines, closed with {socket.close_code}")


asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
