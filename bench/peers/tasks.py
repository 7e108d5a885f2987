"""The operations of PeerBench on CPython. Usage: tasks.py asyncio|uvloop.

The first line of the output is the name and version of the runtime. Each line of the input is OPERATION MILLISECONDS:
the program repeats the operation for about that time, and prints how often it ran and how long that took, COUNT
NANOSECONDS. If there is no such operation, the program prints "-".
"""

import asyncio
import sys
import time


async def nothing():
    pass


async def spawn(n):
    create_task = asyncio.get_running_loop().create_task
    for _ in range(n):
        await create_task(nothing())


async def yields(n):
    async def side():
        for _ in range(n // 2):
            await asyncio.sleep(0)

    other = asyncio.create_task(side())
    await side()
    await other


async def future(n):
    create_future = asyncio.get_running_loop().create_future
    ping, pong = create_future(), create_future()

    async def side():
        nonlocal pong
        for _ in range(n // 2):
            await pong
            pong = create_future()
            ping.set_result(None)

    other = asyncio.create_task(side())
    for _ in range(n // 2):
        pong.set_result(None)
        await ping
        ping = create_future()
    await other


async def event(n):
    ping, pong = asyncio.Event(), asyncio.Event()

    async def side():
        for _ in range(n // 2):
            await pong.wait()
            pong.clear()
            ping.set()

    other = asyncio.create_task(side())
    for _ in range(n // 2):
        pong.set()
        await ping.wait()
        ping.clear()
    await other


async def lock(n):
    free = asyncio.Lock()
    for _ in range(n):
        async with free:
            pass


async def queue(n, size):
    items = asyncio.Queue(size)

    async def produce():
        for i in range(n):
            await items.put(i)

    producer = asyncio.create_task(produce())
    for _ in range(n):
        await items.get()
    await producer


async def queue1(n):
    await queue(n, 1)


async def queue100(n):
    await queue(n, 100)


async def gather(n):
    for _ in range(n):
        await asyncio.gather(*[nothing() for _ in range(100)])


async def group(n):
    for _ in range(n):
        async with asyncio.TaskGroup() as tasks:
            for _ in range(100):
                tasks.create_task(nothing())


async def timeout(n):
    for _ in range(n):
        async with asyncio.timeout(60):
            pass


async def wait_for(n):
    for _ in range(n):
        await asyncio.wait_for(nothing(), 60)


async def timer(n):
    call_later = asyncio.get_running_loop().call_later
    for i in range(n):
        call_later(60, print).cancel()
        if i % 1000 == 0:
            await asyncio.sleep(0)  # cancelled timers are thrown away between turns


async def sleep(n):
    await asyncio.gather(*[asyncio.create_task(asyncio.sleep(0.0001)) for _ in range(n)])


async def cancel(n):
    tasks = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(n)]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# how many at once: some milliseconds
OPERATIONS = {
    "spawn": (spawn, 1000),
    "yield": (yields, 1000),
    "future": (future, 1000),
    "event": (event, 1000),
    "lock": (lock, 10000),
    "queue1": (queue1, 1000),
    "queue100": (queue100, 1000),
    "gather": (gather, 10),
    "group": (group, 10),
    "timeout": (timeout, 1000),
    "wait_for": (wait_for, 1000),
    "timer": (timer, 1000),
    "sleep": (sleep, 10000),
    "cancel": (cancel, 10000),
}


async def main():
    for line in sys.stdin:
        name, millis = line.split()
        if name not in OPERATIONS:
            print("-", flush=True)
            continue
        operation, n = OPERATIONS[name]
        count = 0
        start = time.perf_counter_ns()
        while (length := time.perf_counter_ns() - start) < int(millis) * 1_000_000:
            await operation(n)
            count += n
        print(count, length, flush=True)


factory = None
title = "CPython " + sys.version.split()[0]
if sys.argv[1] == "uvloop":
    import uvloop

    factory = uvloop.new_event_loop
    title = f"uvloop {uvloop.__version__} on " + title
print(title, flush=True)
with asyncio.Runner(loop_factory=factory) as runner:
    runner.run(main())
