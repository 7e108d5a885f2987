"""A program that is run by a Runner: several main coroutines one after the other, then the end of what is left."""

import asyncio
from asyncio import tasks

from pinned import OrderedSet


class Runners:
    def run_mains(self):
        runner = asyncio.Runner(loop_factory=lambda: self.loop)
        for name, context in self.mains:
            me = self.strand()
            try:
                result = runner.run(self.coroutine(name, me), context=context)
                self.trace(f"run returns {self.show(result)}")
            except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
                self.trace(f"run throws {self.show_error(error)}")
        self.show_all()
        self.spawning = False  # asyncio does not wait for tasks that are spawned from now on
        everything = tasks.all_tasks
        tasks.all_tasks = lambda loop: OrderedSet(task for task in self.tasks if not task.done())
        try:
            runner.close()
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            self.muted = False
            self.trace(f"close throws {self.show_error(error)}")
        finally:
            tasks.all_tasks = everything
