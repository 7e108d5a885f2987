"""A program that is run by a Runner: several main coroutines one after the other, then the end of what is left."""

import asyncio
from asyncio import runners, tasks

from pinned import OrderedSet
from tracing import name


class Runners:
    def run_mains(self):
        runner = asyncio.Runner(loop_factory=lambda: self.loop)
        for body, context in self.mains:
            me = self.strand()
            self.thrown = None
            try:
                result = runner.run(self.coroutine(body, me), context=context)
                self.trace(f"run returns {self.show(result)}")
            except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
                self.thrown = error
                self.trace(f"run throws {self.show_error(error)}")
        self.show_all()
        pinned = tasks.all_tasks, runners._cancel_all_tasks
        tasks.all_tasks = self.by_age(tasks.all_tasks)
        runners._cancel_all_tasks = self.repeated(runners._cancel_all_tasks)
        try:
            runner.close()
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            if error is not self.thrown:  # Weft does not throw it again
                self.muted = False
                self.trace(f"close throws {name(error)}")
                self.muted = True  # what is collected later is not to be seen either
        finally:
            tasks.all_tasks, runners._cancel_all_tasks = pinned

    def by_age(self, all_tasks):
        """In the order of creation."""
        return lambda loop: OrderedSet(sorted(all_tasks(loop), key=lambda task: loop.ages[task.get_coro()]))

    def repeated(self, cancel_all_tasks):
        """Weft also cancels the tasks that are spawned while others are being cancelled."""

        def cancel_all(loop):
            while tasks.all_tasks(loop):
                cancel_all_tasks(loop)

        return cancel_all
