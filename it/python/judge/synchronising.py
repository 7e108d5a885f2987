"""Locks, events, conditions, semaphores, barriers and queues."""


class Synchronising:
    async def do_acquire(self, me, s):
        await self.named[s.args[0]].acquire()

    async def do_release(self, me, s):
        self.named[s.args[0]].release()

    async def do_with(self, me, s):
        async with self.named[s.args[0]]:
            return await self.block(s.body, me)

    async def do_eventwait(self, me, s):
        await self.named[s.args[0]].wait()

    async def do_eventset(self, me, s):
        self.named[s.args[0]].set()

    async def do_eventclear(self, me, s):
        self.named[s.args[0]].clear()

    async def do_condwait(self, me, s):
        await self.named[s.args[0]].wait()

    async def do_condwaitfor(self, me, s):
        name, goal = s.args[0], int(s.args[1])
        await self.named[name].wait_for(lambda: self.counts[name] >= goal)

    async def do_condcount(self, me, s):
        self.counts[s.args[0]] += 1
        return self.counts[s.args[0]]

    async def do_condnotify(self, me, s):
        self.named[s.args[0]].notify(int(s.args[1]))

    async def do_condnotifyall(self, me, s):
        self.named[s.args[0]].notify_all()

    async def do_barrierwait(self, me, s):
        return await self.named[s.args[0]].wait()

    async def do_barrierreset(self, me, s):
        await self.named[s.args[0]].reset()

    async def do_barrierabort(self, me, s):
        await self.named[s.args[0]].abort()

    async def do_queueput(self, me, s):
        await self.named[s.args[0]].put(int(s.args[1]))

    async def do_queueget(self, me, s):
        return await self.named[s.args[0]].get()

    async def do_queueputnow(self, me, s):
        self.named[s.args[0]].put_nowait(int(s.args[1]))

    async def do_queuegetnow(self, me, s):
        return self.named[s.args[0]].get_nowait()

    async def do_queuedone(self, me, s):
        self.named[s.args[0]].task_done()

    async def do_queuejoin(self, me, s):
        await self.named[s.args[0]].join()

    async def do_queueshutdown(self, me, s):
        self.named[s.args[0]].shutdown(immediate=s.args[1] == "true")
