"""Lines by pipes, on CPython's asyncio.

lines.py echo                     gives its stdin back on its stdout
lines.py send COUNT COMMAND...    sends a child as many lines, and says what has come back, and its digest
lines.py terminal COUNT COMMAND   the same, to a child on a terminal, which ends when it is told "end"
"""

import asyncio
import hashlib
import os
import sys


def lines(count):
    for i in range(count):
        yield b"line %d %s\n" % (i, b"x" * (i % 50))


async def connect(reading, writing):
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), reading)
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.streams.FlowControlMixin(loop), writing
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def echo():
    reader, writer = await connect(sys.stdin.buffer, sys.stdout.buffer)
    async for line in reader:
        writer.write(line)
        await writer.drain()
    writer.close()


async def write(writer, count):
    digest = hashlib.sha256()
    for line in lines(count):
        digest.update(line)
        writer.write(line)
        await writer.drain()
    return digest.hexdigest()


async def read(reader, count):
    digest = hashlib.sha256()
    for _ in range(count):
        digest.update(await reader.readline())
    return digest.hexdigest()


async def talk(reader, writer, count):
    sent, received = await asyncio.gather(write(writer, count), read(reader, count))
    print(count, "lines,", "equal" if sent == received else "different")


async def send(count, command):
    pipe = asyncio.subprocess.PIPE
    child = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    await talk(child.stdout, child.stdin, count)
    child.stdin.close()
    rest = await child.stdout.read()
    print("then", rest, "and exit code", await child.wait())


async def terminal(count, command):
    import pty
    import tty

    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    child = await asyncio.create_subprocess_exec(*command, stdin=theirs, stdout=theirs)
    os.close(theirs)
    reader, writer = await connect(os.fdopen(ours, "rb", 0), os.fdopen(os.dup(ours), "wb", 0))
    await talk(reader, writer, count)
    writer.write(b"end\n")
    print("then", await reader.readline(), "and exit code", await child.wait())


if sys.argv[1] == "echo":
    asyncio.run(echo())
else:
    asyncio.run(globals()[sys.argv[1]](int(sys.argv[2]), sys.argv[3:]))
