"""Clients that drain slowly or not at all, on CPython's asyncio: slow_clients.py HOST PORT BYTES SLOW STUCK.

All connect and read a byte. The slow ones go on, a little at a time, and must get all BYTES. The stuck ones wait for
a line on stdin; when they go on they must find that the rest was cut off.
"""

import asyncio
import socket
import sys


async def connect(host, port):
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
    sock.setblocking(False)
    await loop.sock_connect(sock, (host, port))
    assert len(await loop.sock_recv(sock, 1)) == 1
    return sock


async def read_on(sock, pause):
    """How much there is, to the end or a reset."""
    loop = asyncio.get_running_loop()
    total = 1
    try:
        while data := await loop.sock_recv(sock, 16384):
            total += len(data)
            await asyncio.sleep(pause)
    except ConnectionResetError:
        pass
    sock.close()
    return total


async def main(host, port, size, slow, stuck):
    slow = await asyncio.gather(*(connect(host, port) for _ in range(slow)))
    stuck = await asyncio.gather(*(connect(host, port) for _ in range(stuck)))
    print("all are connected")
    totals = await asyncio.gather(*(read_on(sock, 0.002) for sock in slow))
    assert totals == [size] * len(slow), totals
    print("the slow ones have it all")
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    totals = await asyncio.gather(*(read_on(sock, 0) for sock in stuck))
    assert all(total < size for total in totals), totals
    print("the stuck ones were cut off")


asyncio.run(main(sys.argv[1], *map(int, sys.argv[2:])))
