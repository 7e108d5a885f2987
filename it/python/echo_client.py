"""Sends random bytes to an echo server and compares what comes back, on CPython's asyncio.

echo_client.py streams|protocol PORT|PATH BYTES... makes a connection for each number of bytes; half-closes it
when all is sent, and reads to the end. A path has a slash and is that of a Unix socket.
"""

import asyncio
import random
import sys


def chunks(content, sizes):
    """Cuts the content at random places, finely at first, so that small reads and large ones occur."""
    at = 0
    while at < len(content):
        size = sizes.choice([1, 7, 1000]) if at < 10000 else sizes.randrange(1, 200000)
        yield content[at : at + size]
        at += size


async def by_streams(place, content, sizes):
    if "/" in place:
        reader, writer = await asyncio.open_unix_connection(place)
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", int(place))

    async def send():
        for chunk in chunks(content, sizes):
            writer.write(chunk)
            await writer.drain()
        writer.write_eof()

    sending = asyncio.create_task(send())
    echo = await reader.read()
    await sending
    writer.close()
    await writer.wait_closed()
    return echo


class Client(asyncio.Protocol):
    def __init__(self, content, sizes, done):
        self.unsent = chunks(content, sizes)
        self.echo = bytearray()
        self.done = done
        self.paused = False

    def connection_made(self, transport):
        self.transport = transport
        self.send()

    def send(self):
        while not self.paused:
            chunk = next(self.unsent, None)
            if chunk is None:
                self.transport.write_eof()
                return
            self.transport.write(chunk)

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.send()

    def data_received(self, data):
        self.echo += data

    def connection_lost(self, error):
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(self.echo)


async def by_protocol(place, content, sizes):
    loop = asyncio.get_running_loop()
    done = loop.create_future()

    def client():
        return Client(content, sizes, done)

    if "/" in place:
        await loop.create_unix_connection(client, place)
    else:
        await loop.create_connection(client, "127.0.0.1", int(place))
    return await done


async def main(form, place, counts):
    exchange = by_streams if form == "streams" else by_protocol
    for count in counts:
        source = random.Random(count)
        content = source.randbytes(count)
        echo = await exchange(place, content, source)
        if echo != content:
            sys.exit(f"{count} bytes sent, {len(echo)} came back, and they differ")
        print(count, "bytes came back")


asyncio.run(main(sys.argv[1], sys.argv[2], [int(n) for n in sys.argv[3:]]))
