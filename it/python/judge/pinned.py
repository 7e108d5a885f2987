"""What CPython leaves open, pinned: the order of its sets, and time."""

import inspect
from asyncio import base_events, tasks


class OrderedSet(dict):
    """As much of a set as asyncio uses, in the order of insertion."""

    def __init__(self, items=()):
        super().__init__((item, None) for item in items)

    def add(self, item):
        self[item] = None

    def discard(self, item):
        self.pop(item, None)

    def remove(self, item):
        del self[item]


def pin_order():
    """For what all loops share; those of one loop or group are replaced where they are made."""
    source = inspect.getsource(tasks._AsCompletedIterator)
    before = "{ensure_future(aw, loop=loop) for aw in set(aws)}"
    assert before in source
    exec(source.replace(before, "set(ensure_future(aw, loop=loop) for aw in set(aws))"), tasks.__dict__)
    tasks.set = OrderedSet


class VirtualLoop(base_events.BaseEventLoop):
    """Time stands still while there is work, then jumps to the next timer.

    Where there is none, `idle` may find work for it; otherwise the loop stops.
    """

    def __init__(self, idle, closing):
        super().__init__()
        self.now = 0.0
        self._selector = self
        self._asyncgens = OrderedSet()
        self.idle = idle
        self.closing = closing
        self.ages = {}  # of tasks, by their coroutines

    def create_task(self, coroutine, **options):
        self.created(coroutine)
        return super().create_task(coroutine, **options)

    def created(self, coroutine):
        self.ages[coroutine] = len(self.ages)

    def time(self):
        return self.now

    def select(self, timeout):
        if timeout is None:
            if not self.idle():
                self.stop()
        else:
            self.now += timeout

    def close(self):
        self.closing()
        super().close()

    def _process_events(self, events):
        pass

    def _write_to_self(self):
        pass  # it never sleeps
