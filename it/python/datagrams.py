"""Datagrams on CPython's asyncio.

datagrams.py server: an endpoint that sends back what it gets. Prints its port.
datagrams.py client PORT BYTES...: sends one datagram of each size, awaits its echo and compares.
"""

import asyncio
import random
import sys


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.echoes = asyncio.Queue()

    def datagram_received(self, data, addr):
        self.echoes.put_nowait(data)


async def serve():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Echo, local_addr=("127.0.0.1", 0))
    print("listening on port", transport.get_extra_info("sockname")[1], flush=True)
    await loop.create_future()


async def exchange(port, counts):
    loop = asyncio.get_running_loop()
    transport, client = await loop.create_datagram_endpoint(
        Client, remote_addr=("127.0.0.1", port)
    )
    for count in counts:
        content = random.Random(count).randbytes(count)
        transport.sendto(content)
        echo = await asyncio.wait_for(client.echoes.get(), 20)
        if echo != content:
            sys.exit(f"{count} bytes sent, {len(echo)} came back, or others")
        print(count, "bytes came back")


if sys.argv[1] == "server":
    asyncio.run(serve())
else:
    asyncio.run(exchange(int(sys.argv[2]), [int(n) for n in sys.argv[3:]]))
