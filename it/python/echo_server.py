"""An echo server on CPython's asyncio: echo_server.py streams|protocol [PATH].

Prints its port, or the path of its Unix socket.
"""

import asyncio
import sys


async def echo(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


async def main(form, path=None):
    loop = asyncio.get_running_loop()
    if path is not None:
        if form == "streams":
            server = await asyncio.start_unix_server(echo, path)
        else:
            server = await loop.create_unix_server(Echo, path)
        print("listening on", path)
    else:
        if form == "streams":
            server = await asyncio.start_server(echo, "127.0.0.1", 0, backlog=1024)
        else:
            server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=1024)
        print("listening on port", server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main(*sys.argv[1:]))
