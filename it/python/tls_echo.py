"""Echo over TLS on CPython's asyncio, both sides; TLS has no half-close, so lengths are known.

tls_echo.py connect streams|protocol|upgrade PORT CERTIFICATES BYTES... makes a connection for each number of
bytes, compares what comes back, and closes. tls_echo.py serve streams|protocol|upgrade CERTIFICATES prints its
port. CERTIFICATES is a folder. With `upgrade` the connection begins without TLS: STARTTLS, go, start_tls.
"""

import asyncio
import random
import ssl
import sys


def client_context(folder):
    context = ssl.create_default_context(cafile=f"{folder}/ca.pem")
    context.load_cert_chain(f"{folder}/client.pem", f"{folder}/client.key")
    return context


def server_context(folder):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=f"{folder}/ca.pem")
    context.load_cert_chain(f"{folder}/server.pem", f"{folder}/server.key")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def chunks(content, sizes):
    """Cuts the content at random places, finely at first, so that small records and large ones occur."""
    at = 0
    while at < len(content):
        size = sizes.choice([1, 7, 1000]) if at < 10000 else sizes.randrange(1, 200000)
        yield content[at : at + size]
        at += size


async def send(writer, content, sizes):
    for chunk in chunks(content, sizes):
        writer.write(chunk)
        await writer.drain()


async def by_streams(upgrade, port, context, content, sizes):
    if upgrade:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"STARTTLS\n")
        assert await reader.readline() == b"go\n"
        await writer.start_tls(context, server_hostname="localhost")
    else:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=context, server_hostname="localhost"
        )
    async with asyncio.TaskGroup() as group:
        group.create_task(send(writer, content, sizes))
        echo = await reader.readexactly(len(content))
    writer.close()
    await writer.wait_closed()
    return echo


class Client(asyncio.Protocol):
    def __init__(self, content, sizes, done):
        self.unsent = chunks(content, sizes)
        self.length = len(content)
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
                return
            self.transport.write(chunk)

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.send()

    def data_received(self, data):
        self.echo += data
        if len(self.echo) >= self.length:
            self.transport.close()

    def connection_lost(self, error):
        if error:
            self.done.set_exception(error)
        else:
            self.done.set_result(self.echo)


async def by_protocol(port, context, content, sizes):
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    await loop.create_connection(
        lambda: Client(content, sizes, done),
        "127.0.0.1",
        port,
        ssl=context,
        server_hostname="localhost",
    )
    return await done


async def connect(form, port, folder, *counts):
    context = client_context(folder)
    for count in map(int, counts):
        source = random.Random(count)
        content = source.randbytes(count)
        if form == "protocol":
            echo = await by_protocol(int(port), context, content, source)
        else:
            echo = await by_streams(form == "upgrade", int(port), context, content, source)
        if echo != content:
            sys.exit(f"{count} bytes sent, {len(echo)} came back, and they differ")
        print(count, "bytes came back")


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
    await writer.wait_closed()
    print("closed in order")


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()

    def connection_lost(self, error):
        print(f"lost: {error!r}" if error else "closed in order")


async def serve(form, folder):
    context = server_context(folder)

    async def upgrade(reader, writer):
        assert await reader.readline() == b"STARTTLS\n"
        writer.write(b"go\n")
        await writer.start_tls(context)
        await echo(reader, writer)

    if form == "protocol":
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Echo, "127.0.0.1", 0, ssl=context)
    elif form == "upgrade":
        server = await asyncio.start_server(upgrade, "127.0.0.1", 0)
    else:
        server = await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context)
    print("listening on port", server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run({"connect": connect, "serve": serve}[sys.argv[1]](*sys.argv[2:]))
