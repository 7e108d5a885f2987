"""How the trace shows things: futures by their labels, errors by their kinds and by who is the same."""

import asyncio
import concurrent.futures

from program import Err, Return

MISUSE = (RuntimeError, ValueError, TypeError)
NAMES = {
    asyncio.InvalidStateError: "InvalidState",
    asyncio.TimeoutError: "Timeout",
    asyncio.QueueEmpty: "QueueEmpty",
    asyncio.QueueFull: "QueueFull",
    asyncio.QueueShutDown: "QueueShutDown",
    asyncio.BrokenBarrierError: "BrokenBarrier",
    StopAsyncIteration: "Exhausted",
    GeneratorExit: "Exit",
}


class Tracing:
    def __init__(self, clock):
        self.clock = clock
        self.out = []
        self.muted = False
        self.labels = {}  # of futures
        self.errors = []  # all that were shown, by number

    def trace(self, text):
        if not self.muted:
            self.out.append(f"{self.clock():.0f} {text}")

    def show(self, value):
        if value is None:
            return "-"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return "[" + " ".join(map(self.show, value)) + "]"
        if isinstance(value, asyncio.CancelledError):
            return "Cancelled"  # an element of what is gathered; Weft's has the message
        if isinstance(value, BaseException):
            return self.show_error(value)
        if isinstance(value, Return):
            return "return " + self.show(value.value)
        return str(value)

    def show_error(self, error):
        if isinstance(error, BaseExceptionGroup):
            return "Group[" + " ".join(map(self.show_error, error.exceptions)) + "]"
        for number, known in enumerate(self.errors):
            if known is error:
                break
        else:
            number = len(self.errors)
            self.errors.append(error)
        return f"{name(error)}#{number}"

    def list_labels(self, futures):
        return "[" + " ".join(self.labels[future] for future in futures) + "]"

    def state(self, thing):
        if isinstance(thing, asyncio.Future):
            state = "pending" if not thing.done() else "cancelled" if thing.cancelled() else "done"
            if isinstance(thing, asyncio.Task):
                state += f" cancelling={thing.cancelling()}"
            return state
        if isinstance(thing, concurrent.futures.Future):
            return "pending" if not thing.done() else "cancelled" if thing.cancelled() else "done"
        if isinstance(thing, asyncio.Event):
            return self.show(thing.is_set())
        if isinstance(thing, asyncio.Queue):
            return f"{thing.qsize()} {self.show(thing.empty())} {self.show(thing.full())}"
        if isinstance(thing, asyncio.Barrier):
            return f"{thing.n_waiting} {self.show(thing.broken)}"
        if isinstance(thing, asyncio.Handle):
            return self.show(thing.cancelled())
        if isinstance(thing, asyncio.Timeout):
            return f"{self.show(thing.expired())} {'-' if thing.when() is None else int(thing.when())}"
        return self.show(thing.locked())

    def outcome(self, future):
        if not future.done():
            return ""
        try:
            return self.show(future.result())
        except BaseException as error:
            return self.show_error(error)


def name(error):
    if isinstance(error, (asyncio.CancelledError, concurrent.futures.CancelledError)):
        return "Cancelled(" + "".join(map(str, error.args)) + ")"
    if isinstance(error, KeyboardInterrupt):
        return "Fatal"
    if isinstance(error, Err):
        return f"Err({error})"
    if type(error) in NAMES:
        return NAMES[type(error)]
    return "Misuse" if isinstance(error, MISUSE) else repr(error)
