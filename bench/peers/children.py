"""Starts COUNT children that do nothing and waits for all, on CPython's asyncio. Usage: children.py COUNT AT_ONCE.

Prints the name and version of the runtime, and the time in milliseconds.
"""

import asyncio
import platform
import sys
import time


async def child(places):
    async with places:
        process = await asyncio.create_subprocess_exec("true")
        await process.wait()


async def children(count, at_once):
    places = asyncio.Semaphore(at_once)
    start = time.perf_counter()
    await asyncio.gather(*(child(places) for _ in range(count)))
    return (time.perf_counter() - start) * 1000


millis = asyncio.run(children(int(sys.argv[1]), int(sys.argv[2])))
print(f"CPython {platform.python_version()}\n{millis}")
