"""Many connections at the same time, on CPython's asyncio: many_clients.py PORT COUNT.

Each says a line of its own, and says another when all are connected; each must get its own back.
"""

import asyncio
import resource
import sys

hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def main(port, count):
    connecting = asyncio.Semaphore(64)
    everybody = asyncio.Barrier(count)

    async def client(number):
        async with connecting:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for line in (b"client %d is here\n" % number, b"client %d is leaving\n" % number):
            writer.write(line)
            echo = await reader.readline()
            assert echo == line, (line, echo)
            await everybody.wait()
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(client(number) for number in range(count)))
    print(count, "clients had their lines back")


asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
