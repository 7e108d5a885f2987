"""Statements that steer: raise, return, repeat, call, try; and the context variables."""

import asyncio

from program import Err, Return


class Control:
    async def do_raise(self, me, s):
        raise Err(s.args[0])

    async def do_return(self, me, s):
        return Return(int(s.args[0]))

    async def do_repeat(self, me, s):
        for _ in range(int(s.args[0])):
            signal = await self.block(s.body, me)
            if signal is not None:
                return signal

    async def do_call(self, me, s):
        return await self.body(s.args[0], me)

    async def do_try(self, me, s):
        parts = {part.op: part for part in s.body}
        try:
            return await self.block(parts["do"].body, me)
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            catch = parts.get("catch")
            if catch is None or not self.catches(catch, me, error):
                raise
            signal = await self.block(catch.body, me)
            if signal is None and "reraise" in catch.args:
                raise
            return signal
        finally:
            if "finally" in parts:
                await self.block(parts["finally"].body, me)

    def catches(self, catch, me, error):
        kind = catch.args[0]
        if isinstance(error, KeyboardInterrupt):
            caught = kind == "fatal"
        else:
            caught = kind == "all" or (kind == "cancelled") == isinstance(error, asyncio.CancelledError)
            caught = caught and kind != "fatal"
        if caught:
            self.trace(f"{me.label} {catch.line} catches {self.show_error(error)}")
        return caught

    async def do_fatal(self, me, s):
        raise KeyboardInterrupt

    async def do_set(self, me, s):
        self.named[s.args[0]].set(int(s.args[1]))

    async def do_get(self, me, s):
        return self.named[s.args[0]].get()
