"""Executors and foreign threads. A job is run when the program says so, or when nothing else is left to do: on a
thread of its own, for which the loop waits standing still."""

import asyncio
import collections
import concurrent.futures
import threading

from program import Err, Strand


class ManualExecutor(concurrent.futures.ThreadPoolExecutor):
    """asyncio takes no other class for the default executor; this one makes no threads."""

    def __init__(self):
        super().__init__()
        self.jobs = collections.deque()

    def submit(self, code, *args):
        future = concurrent.futures.Future()
        self.jobs.append((future, lambda: code(*args)))
        return future

    def work(self):
        """Runs the first job."""
        future, code = self.jobs.popleft()
        if future.set_running_or_notify_cancel():
            try:
                result = code()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)


class Threads:
    def work(self, executor):
        if not executor.jobs:
            return False
        thread = threading.Thread(target=executor.work)
        thread.start()
        thread.join()
        return True

    def work_somewhere(self):
        return any(self.work(executor) for executor in self.executors)

    def job(self, name):
        me = Strand(name)
        self.trace(f"{name} begins")
        result = self.at_once(name, me)
        self.trace(f"{name} returns {self.show(result)}")
        return result

    async def do_work(self, me, s):
        return self.work(self.named[s.args[0]])

    async def do_execute(self, me, s):
        future = self.loop.run_in_executor(self.named[s.args[1]], self.job, s.args[2])
        self.define(s.args[0], future, f"E{len(self.labels)}")
        return self.labels[future]

    async def do_tothread(self, me, s):
        return await asyncio.to_thread(self.job, s.args[0])

    async def do_soonsafe(self, me, s):
        self.named[s.args[0]] = self.loop.call_soon_threadsafe(self.run_callback, s.args[1], "runs")

    async def do_submit(self, me, s):
        if not self.may_spawn():
            return "limit"
        strand = self.strand()
        foreign = asyncio.run_coroutine_threadsafe(self.coroutine(s.args[1], strand), self.loop)
        self.named[s.args[0]] = foreign
        self.submitted[foreign] = strand
        return strand.label

    async def do_wrap(self, me, s):
        foreign = self.named.get(s.args[1])
        if foreign is None:
            return "none"
        if foreign.done() or foreign in self.wrapped:
            return "not pending"  # Weft would complete the second before the first
        self.wrapped.add(foreign)
        future = asyncio.wrap_future(foreign, loop=self.loop)
        self.define(s.args[0], future, f"W{len(self.labels)}")
        return self.labels[future]

    async def do_foreigncomplete(self, me, s):
        foreign = self.named[s.args[0]]
        if foreign.done():
            return False
        foreign.set_result(int(s.args[1]))
        return True

    async def do_foreignfail(self, me, s):
        foreign = self.named[s.args[0]]
        if foreign.done():
            return False
        foreign.set_exception(Err(s.args[1]))
        return True

    async def do_foreigncancel(self, me, s):
        """Not of a coroutine that has not begun: asyncio begins it all the same, and cancels it then.

        Nor of one whose future is wrapped, too: of the two that hear of it, Weft tells the last first.
        """
        foreign = self.named.get(s.args[0])
        if foreign is None:
            return "none"
        strand = self.submitted.get(foreign)
        if strand is not None and strand.task is None:
            return "unborn"
        return "wrapped" if strand is not None and foreign in self.wrapped else foreign.cancel()
