"""Callbacks of the loop, and time."""

import asyncio

from program import Err


class Callbacks:
    async def do_sleep(self, me, s):
        delay = int(s.args[0])
        await asyncio.sleep(self.delay(s.args[0]) if delay > 0 else delay)

    async def do_soon(self, me, s):
        name = s.args[1]
        self.named[s.args[0]] = self.loop.call_soon(self.run_callback, name, "runs")

    async def do_later(self, me, s):
        name = s.args[2]
        self.named[s.args[0]] = self.loop.call_later(self.delay(s.args[1]), self.run_callback, name, "runs")

    async def do_at(self, me, s):
        when = self.loop.now + self.delay(s.args[1])
        name = s.args[2]
        self.named[s.args[0]] = self.loop.call_at(when, self.run_callback, name, "runs")

    async def do_unhandle(self, me, s):
        handle = self.named.get(s.args[0])
        if handle is None:
            return "none"
        handle.cancel()

    async def do_soonin(self, me, s):
        context = self.named[s.args[0]]
        self.loop.call_soon(self.run_callback, s.args[1], "runs", context=context)

    async def do_watchin(self, me, s):
        future = self.find(me, s.args[1])
        if future is None:
            return "none"
        future.add_done_callback(self.callback(s.args[2]), context=self.named[s.args[0]])

    async def do_stop(self, me, s):
        self.loop.stop()

    async def do_handler(self, me, s):
        """What the exception handler does after each report."""
        self.handler_raises = {"returns": None, "fails": Err, "fatal": KeyboardInterrupt}[s.args[0]]
