"""The servers of EchoBench on CPython. Usage: net.py tcp|tls|bulk|udp asyncio|uvloop[-streams] PORT [CERTIFICATE KEY].

The suite tls has the server asyncio-buffered too.
"""

import asyncio
import ssl
import sys

HOST = "127.0.0.1"
BUFFER = 256 * 1024
CHUNK = bytes(64 * 1024)
MIB = 1 << 20


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)

    def pause_writing(self):
        self.transport.pause_reading()

    def resume_writing(self):
        self.transport.resume_reading()


class BufferedEcho(asyncio.BufferedProtocol):
    """All connections share one buffer, because the transport copies bytes that it cannot write at once."""

    shared = memoryview(bytearray(BUFFER))

    connection_made = Echo.connection_made
    pause_writing = Echo.pause_writing
    resume_writing = Echo.resume_writing

    def get_buffer(self, sizehint):
        return self.shared

    def buffer_updated(self, nbytes):
        self.transport.write(self.shared[:nbytes])


class Bulk(asyncio.Protocol):
    """Sends a MiB for each byte that it receives."""

    owed = 0
    paused = False

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.owed += len(data) * MIB
        self.send()

    def connection_lost(self, error):
        self.paused = True

    def pause_writing(self):
        self.paused = True

    def resume_writing(self):
        self.paused = False
        self.send()

    def send(self):
        while self.owed and not self.paused:
            self.owed -= len(CHUNK)
            self.transport.write(CHUNK)


class Datagrams(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def echo(reader, writer):
    try:
        while data := await reader.read(BUFFER):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the peer is gone
    finally:
        writer.close()


async def main(work, form, port, *pem):
    loop = asyncio.get_running_loop()
    if work == "udp":
        await loop.create_datagram_endpoint(Datagrams, (HOST, port))
    elif work == "tcp" and form.endswith("-streams"):
        await asyncio.start_server(echo, HOST, port, backlog=4096)
    elif work == "tcp":
        await loop.create_server(Echo, HOST, port, backlog=4096)
    else:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(*pem)
        protocol = Bulk if work == "bulk" else BufferedEcho if form.endswith("-buffered") else Echo
        await loop.create_server(protocol, HOST, port, backlog=4096, ssl=context)
    await loop.create_future()


if sys.argv[2].startswith("uvloop"):
    import uvloop

    uvloop.install()
asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:]))
