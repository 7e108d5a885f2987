"""Timeouts and task groups."""

import asyncio

from pinned import OrderedSet


class Scopes:
    async def do_timeout(self, me, s):
        return await self.within(asyncio.timeout(self.optional_delay(s.args[1])), me, s)

    async def do_timeoutat(self, me, s):
        when = self.loop.now + self.delay(s.args[1])
        return await self.within(asyncio.timeout_at(when), me, s)

    async def within(self, scope, me, s):
        self.named[s.args[0]] = scope
        try:
            async with scope:
                return await self.block(s.body, me)
        finally:
            self.trace(f"{me.label} {s.line} leaves {self.state(scope)} cancelling={me.cancelling}")

    async def do_reschedule(self, me, s):
        scope = self.named.get(s.args[0])
        if scope is None:
            return "none"
        delay = self.optional_delay(s.args[1])
        scope.reschedule(None if delay is None else self.loop.now + delay)

    async def do_waitfor(self, me, s):
        future = self.find(me, s.args[0])

        async def code():
            return await asyncio.wait_for(future, self.delay(s.args[1]))

        return await self.awaiting(me, future, code)

    async def do_waitforcall(self, me, s):
        return await asyncio.wait_for(self.body(s.args[0], me), self.delay(s.args[1]))

    async def do_group(self, me, s):
        group = asyncio.TaskGroup()
        group._tasks = OrderedSet()
        self.named[s.args[0]] = group
        try:
            async with group:
                return await self.block(s.body, me)
        finally:
            self.trace(f"{me.label} {s.line} leaves cancelling={me.cancelling}")

    async def do_groupspawn(self, me, s):
        group = self.named.get(s.args[0])
        return "none" if group is None else self.spawn(s.args[1], s.args[2], group.create_task)

    async def do_groupeager(self, me, s):
        group = self.named.get(s.args[0])
        return "none" if group is None else self.spawn(s.args[1], s.args[2], group.create_task, eager_start=True)

    async def do_groupcancel(self, me, s):
        group = self.named.get(s.args[0])
        if group is None:
            return "none"
        group.cancel()
