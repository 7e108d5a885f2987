"""Reads all that a server sends, slowly, and says what it was: slow_reader.py PORT BYTES_PER_PAUSE."""

import hashlib
import socket
import sys
import time

port, step = map(int, sys.argv[1:])
digest, count, pause = hashlib.sha256(), 0, step
with socket.create_connection(("127.0.0.1", port)) as server:
    while data := server.recv(256 * 1024):
        digest.update(data)
        count += len(data)
        if count >= pause:
            pause = count + step
            time.sleep(0.01)
print(count, "bytes", digest.hexdigest())
