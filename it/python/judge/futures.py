"""Futures and tasks, one at a time."""

import asyncio

from program import Err


class Futures:
    async def do_await(self, me, s):
        future = self.find(me, s.args[0])

        async def code():
            return await future

        return await self.awaiting(me, future, code)

    async def do_result(self, me, s):
        future = self.find(me, s.args[0])
        return "none" if future is None else future.result()

    async def do_exception(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        error = future.exception()
        return None if error is None else self.show_error(error)

    async def do_complete(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        future.set_result(int(s.args[1]))

    async def do_fail(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        future.set_exception(Err(s.args[1]))

    async def do_cancel(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        return future.cancel(*s.args[1:])

    async def do_uncancel(self, me, s):
        task = self.find(me, s.args[0])
        return "none" if task is None else task.uncancel()

    async def do_state(self, me, s):
        thing = self.find(me, s.args[0])
        return "none" if thing is None else self.state(thing)

    async def do_current(self, me, s):
        task = asyncio.current_task()
        return "none" if task is None else self.labels[task]

    async def do_watch(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        future.add_done_callback(self.callback(s.args[1]))

    async def do_unwatch(self, me, s):
        future = self.find(me, s.args[0])
        return "none" if future is None else future.remove_done_callback(self.callback(s.args[1]))

    async def do_spawn(self, me, s):
        return self.spawn(s.args[0], s.args[1])

    async def do_spawneager(self, me, s):
        return self.spawn(s.args[0], s.args[1], self.eager)

    async def do_spawnin(self, me, s):
        return self.spawn(s.args[1], s.args[2], context=self.named[s.args[0]])

    async def do_failfatal(self, me, s):
        future = self.find(me, s.args[0])
        if future is None:
            return "none"
        future.set_exception(KeyboardInterrupt())

    async def do_rename(self, me, s):
        task = self.find(me, s.args[0])
        if task is None:
            return "none"
        task.set_name(s.args[1])

    async def do_name(self, me, s):
        task = self.find(me, s.args[0])
        if task is None:
            return "none"
        return "default" if task.get_name().startswith("Task-") else task.get_name()

    async def do_alltasks(self, me, s):
        running = asyncio.all_tasks(self.loop)
        return self.list_labels(task for task in self.tasks if task in running)

    def eager(self, coroutine):
        self.loop.created(coroutine)
        return asyncio.Task(coroutine, loop=self.loop, eager_start=True)

    def callback(self, name):
        """The same object each time, so that it can be removed."""
        if name not in self.callbacks:
            self.callbacks[name] = lambda future: self.run_callback(name, "sees " + self.labels[future])
        return self.callbacks[name]
