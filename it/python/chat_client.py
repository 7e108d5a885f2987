"""A chat client on CPython's asyncio: chat_client.py PORT. stdin goes to the server, its lines to stdout."""

import asyncio
import sys


async def main(port):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def send():
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            writer.write(line)
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    async for line in reader:
        print(line.decode(), end="", flush=True)
    await sending
    writer.close()


asyncio.run(main(int(sys.argv[1])))
