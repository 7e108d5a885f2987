"""The judge's CPython side: runs programs on asyncio, with a virtual clock, and prints what happens.

Reads programs from standard input, each ended by a line "end", and prints the trace of each, ended by such a line.
`dev.weft.it.judge.WeftInterpreter` is the same interpreter on Weft; the two are to be read side by side.

What CPython leaves open is pinned: the members of a group, of wait and of as_completed are kept in the order in
which they were given, where asyncio has sets; no two timers have the same deadline; reports that the garbage
collector triggers are left out.
"""

import asyncio
import contextvars
import gc
import inspect
import sys
import warnings
from asyncio import base_events, tasks

CANCEL_ROUNDS = 4
MAX_TASKS = 60
MAX_CALLS = 100
MAX_NESTING = 4  # of gathers: their results grow exponentially


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
    source = inspect.getsource(tasks._AsCompletedIterator)
    before = "{ensure_future(aw, loop=loop) for aw in set(aws)}"
    assert before in source
    exec(source.replace(before, "set(ensure_future(aw, loop=loop) for aw in set(aws))"), tasks.__dict__)
    tasks.set = OrderedSet


class VirtualLoop(base_events.BaseEventLoop):
    """Time stands still while there is work, then jumps to the next timer; the loop stops where there is none."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self._selector = self

    def time(self):
        return self.now

    def select(self, timeout):
        if timeout is None:
            self.stop()
        else:
            self.now += timeout

    def _process_events(self, events):
        pass


class Err(Exception):
    """What programs raise."""


class Return:
    """The end of a body, on its way out."""

    def __init__(self, value):
        self.value = value


class Statement:
    def __init__(self, line, text):
        words = text.split()
        self.line = line
        self.text = text
        self.mode = words[0][-1] if words[0][-1] in "?!" else ""
        self.op = words[0].rstrip("?!")
        self.args = words[1:]
        self.body = []


class Strand:
    """Who executes: a task, or a callback."""

    def __init__(self, label):
        self.label = label
        self.task = None


def parse(lines):
    top = []
    stack = [(-1, top)]
    for number, line in enumerate(lines, 1):
        text = line.strip()
        indent = len(line) - len(line.lstrip())
        while stack[-1][0] >= indent:
            stack.pop()
        statement = Statement(number, text)
        stack[-1][1].append(statement)
        stack.append((indent, statement.body))
    return top


MISUSE = (RuntimeError, ValueError, TypeError)
NAMES = {
    asyncio.InvalidStateError: "InvalidState",
    asyncio.TimeoutError: "Timeout",
    asyncio.QueueEmpty: "QueueEmpty",
    asyncio.QueueFull: "QueueFull",
    asyncio.QueueShutDown: "QueueShutDown",
    asyncio.BrokenBarrierError: "BrokenBarrier",
}
WHEN = {"first": asyncio.FIRST_COMPLETED, "exception": asyncio.FIRST_EXCEPTION, "all": asyncio.ALL_COMPLETED}


class Interpreter:
    def __init__(self, lines):
        self.out = []
        self.muted = False
        self.named = {}  # by the names that the program uses
        self.bodies = {}
        self.labels = {}  # of futures, for the trace
        self.errors = []  # all that were shown, by number
        self.tasks = []
        self.spawned = 0
        self.edges = {}  # what a task awaits, what a gather gathers
        self.nesting = {}
        self.deadlines = set()
        self.calls = 0  # of callbacks, which may register themselves again
        self.callbacks = {}
        self.counts = {}  # of conditions
        self.loop = VirtualLoop()
        self.loop.set_exception_handler(self.handle)
        asyncio.events._set_running_loop(self.loop)  # for Future()
        for declaration in parse(lines):
            self.declare(declaration)
        asyncio.events._set_running_loop(None)

    # ---- the whole

    def run(self):
        self.spawn("main", "k0")
        self.loop.run_forever()
        for number in range(1, CANCEL_ROUNDS + 1):
            pending = [task for task in self.tasks if not task.done()]
            if not pending:
                break
            self.trace(f"blocked; round {number} cancels " + self.list_labels(pending))
            for task in pending:
                task.cancel(f"round{number}")
            self.loop.run_forever()
        self.trace("end")
        for future, label in self.labels.items():
            self.trace(f"{label} {self.state(future)} {self.outcome(future)}")
        self.muted = True
        self.loop.close()
        return self.out

    def declare(self, s):
        name = s.args[0]
        if s.op in ("body", "callback"):
            self.bodies[name] = s.body
        elif s.op == "future":
            self.define(name, self.loop.create_future(), name)
        elif s.op == "event":
            self.named[name] = asyncio.Event()
        elif s.op == "lock":
            self.named[name] = asyncio.Lock()
        elif s.op == "condition":
            self.named[name] = asyncio.Condition(*(self.named[lock] for lock in s.args[1:]))
            self.counts[name] = 0
        elif s.op == "semaphore":
            self.named[name] = asyncio.Semaphore(int(s.args[1]))
        elif s.op == "bounded":
            self.named[name] = asyncio.BoundedSemaphore(int(s.args[1]))
        elif s.op == "barrier":
            self.named[name] = asyncio.Barrier(int(s.args[1]))
        elif s.op == "queue":
            kinds = {"fifo": asyncio.Queue, "lifo": asyncio.LifoQueue, "priority": asyncio.PriorityQueue}
            self.named[name] = kinds[s.args[1]](int(s.args[2]))
        elif s.op == "factory":
            self.loop.set_task_factory(asyncio.eager_task_factory)
        elif s.op == "context":
            self.named[name] = contextvars.Context()
        elif s.op == "variable":
            self.named[name] = contextvars.ContextVar(name, default=0)
        else:
            raise AssertionError(s.text)

    def define(self, name, future, label):
        self.named[name] = future
        if future not in self.labels:
            self.labels[future] = label

    # ---- the trace

    def trace(self, text):
        if not self.muted:
            self.out.append(f"{self.loop.now:.0f} {text}")

    def handle(self, loop, context):
        message = context["message"]
        if "never retrieved" in message or "destroyed" in message:
            return
        what = "callback" if message.startswith("Exception in callback") else message
        self.trace(f"handler: {what} {self.show_error(context['exception'])}")

    def show(self, value):
        if value is None:
            return "-"
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, list):
            return "[" + " ".join(map(self.show, value)) + "]"
        if isinstance(value, asyncio.CancelledError):
            return "Cancelled"  # an element of what is gathered; Weft's has the message
        if isinstance(value, Exception):
            return self.show_error(value)
        if isinstance(value, Return):
            return "return " + self.show(value.value)
        return str(value)

    def show_error(self, error):
        if isinstance(error, BaseExceptionGroup):
            return "Group[" + " ".join(map(self.show_error, error.exceptions)) + "]"
        if isinstance(error, asyncio.CancelledError):
            name = "Cancelled(" + "".join(map(str, error.args)) + ")"
        elif isinstance(error, Err):
            name = f"Err({error})"
        elif type(error) in NAMES:
            name = NAMES[type(error)]
        else:
            name = "Misuse" if isinstance(error, MISUSE) else repr(error)
        for number, known in enumerate(self.errors):
            if known is error:
                break
        else:
            number = len(self.errors)
            self.errors.append(error)
        return f"{name}#{number}"

    def list_labels(self, futures):
        return "[" + " ".join(self.labels[future] for future in futures) + "]"

    def state(self, thing):
        if isinstance(thing, asyncio.Future):
            state = "pending" if not thing.done() else "cancelled" if thing.cancelled() else "done"
            if isinstance(thing, asyncio.Task):
                state += f" cancelling={thing.cancelling()}"
            return state
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

    # ---- executing

    async def block(self, statements, me):
        for s in statements:
            signal = await self.statement(s, me)
            if signal is not None:
                return signal
        return None

    async def statement(self, s, me):
        text = f"{me.label} {s.line} {s.text}"
        self.trace(text)
        try:
            result = await getattr(self, "do_" + s.op)(me, s)
        except (Exception, asyncio.CancelledError) as error:
            self.trace(f"{text} !! {self.show_error(error)}")
            if s.mode == "!" or s.mode == "?" and isinstance(error, Exception):
                return None
            raise
        self.trace(f"{text} = {self.show(result)}")
        return result if isinstance(result, Return) else None

    async def body(self, name, me):
        signal = await self.block(self.bodies[name], me)
        return None if signal is None else signal.value

    async def coroutine(self, name, me):
        self.adopt(me, asyncio.current_task())  # an eager task begins before its creator knows it
        self.trace(f"{me.label} begins {name}")
        try:
            result = await self.body(name, me)
        except (Exception, asyncio.CancelledError) as error:
            self.trace(f"{me.label} fails {self.show_error(error)} cancelling={me.task.cancelling()}")
            raise
        self.trace(f"{me.label} returns {self.show(result)} cancelling={me.task.cancelling()}")
        return result

    def adopt(self, me, task):
        if me.task is None:
            me.task = task
            self.tasks.append(task)
            self.labels[task] = me.label

    def spawn(self, slot, name, create=None, **options):
        if self.spawned >= MAX_TASKS:
            return "limit"
        me = Strand(f"T{self.spawned}")
        self.spawned += 1
        task = (create or self.loop.create_task)(self.coroutine(name, me), **options)
        self.adopt(me, task)
        self.named[slot] = task
        return me.label

    def eager(self, coroutine):
        return asyncio.Task(coroutine, loop=self.loop, eager_start=True)

    def run_callback(self, name, text):
        self.calls += 1
        if self.calls > MAX_CALLS:
            return
        self.trace(f"{name} {text}")
        try:
            self.block(self.bodies[name], Strand(name)).send(None)
        except StopIteration:
            return
        raise AssertionError("a callback that suspends")

    def callback(self, name):
        """The same object each time, so that it can be removed."""
        if name not in self.callbacks:
            self.callbacks[name] = lambda future: self.run_callback(name, "sees " + self.labels[future])
        return self.callbacks[name]

    def find(self, me, name):
        return me.task if name == "me" else self.named.get(name)

    def find_all(self, me, names):
        found = [self.find(me, name) for name in names]
        return [future for future in found if future is not None]

    def delay(self, text):
        """So long from now, or a little longer: no two deadlines are the same."""
        delay = int(text)
        when = self.loop.now + delay
        while when in self.deadlines:
            when += 1 if delay > 0 else -1
        self.deadlines.add(when)
        return when - self.loop.now

    def optional_delay(self, text):
        return None if text == "-" else self.delay(text)

    def reaches(self, future, task):
        return future is task or any(self.reaches(next, task) for next in self.edges.get(future, ()))

    async def awaiting(self, me, future, code):
        """Runs code that waits for a future; not if that one waits for us, as cancelling would never end."""
        if future is None:
            return "none"
        if self.reaches(future, me.task):
            return "cycle"
        self.edges[me.task] = [future]
        try:
            return await code()
        finally:
            self.edges.pop(me.task, None)

    # ---- control

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
        except (Exception, asyncio.CancelledError) as error:
            catch = parts.get("catch")
            if catch is None:
                raise
            cancelled = isinstance(error, asyncio.CancelledError)
            if catch.args[0] != "all" and (catch.args[0] == "cancelled") != cancelled:
                raise
            self.trace(f"{me.label} {catch.line} catches {self.show_error(error)}")
            signal = await self.block(catch.body, me)
            if signal is None and "reraise" in catch.args:
                raise
            return signal
        finally:
            if "finally" in parts:
                await self.block(parts["finally"].body, me)

    # ---- time and callbacks

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

    async def do_set(self, me, s):
        self.named[s.args[0]].set(int(s.args[1]))

    async def do_get(self, me, s):
        return self.named[s.args[0]].get()

    # ---- futures and tasks

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

    # ---- scopes and combinators

    async def do_timeout(self, me, s):
        scope = asyncio.timeout(self.optional_delay(s.args[1]))
        self.named[s.args[0]] = scope
        try:
            async with scope:
                return await self.block(s.body, me)
        finally:
            self.trace(f"{me.label} {s.line} leaves {self.state(scope)} cancelling={me.task.cancelling()}")

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
            self.trace(f"{me.label} {s.line} leaves cancelling={me.task.cancelling()}")

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

    async def do_gather(self, me, s, outcomes=False):
        children = self.find_all(me, s.args[1:])
        depth = 1 + max((self.nesting.get(child, 0) for child in children), default=0)
        if depth > MAX_NESTING:
            return "deep"
        future = asyncio.gather(*children, return_exceptions=outcomes)
        self.nesting[future] = depth
        self.edges[future] = children
        self.define(s.args[0], future, f"G{len(self.labels)}")
        return self.labels[future]

    async def do_outcomes(self, me, s):
        return await self.do_gather(me, s, True)

    async def do_shield(self, me, s):
        inner = self.find(me, s.args[1])
        if inner is None:
            return "none"
        future = asyncio.shield(inner)
        self.nesting[future] = self.nesting.get(inner, 0)
        self.define(s.args[0], future, f"S{len(self.labels)}")
        return self.labels[future]

    async def do_wait(self, me, s):
        futures = self.find_all(me, s.args[2:])
        done, pending = await asyncio.wait(
            futures, timeout=self.optional_delay(s.args[1]), return_when=WHEN[s.args[0]]
        )
        return f"{self.list_labels(done)} {self.list_labels(pending)}"

    async def do_completed(self, me, s):
        futures = self.find_all(me, s.args[1:])
        async for future in asyncio.as_completed(futures, timeout=self.optional_delay(s.args[0])):
            self.trace(f"{me.label} {s.line} next {self.labels[future]}")
            signal = await self.block(s.body, me)
            if signal is not None:
                return signal

    async def do_results(self, me, s):
        futures = self.find_all(me, s.args[1:])
        for step in asyncio.as_completed(futures, timeout=self.optional_delay(s.args[0])):
            try:
                self.trace(f"{me.label} {s.line} next {self.show(await step)}")
            except Exception as error:
                if self.muted:
                    raise  # collected: asyncio would fail at this step for ever
                self.trace(f"{me.label} {s.line} next !! {self.show_error(error)}")

    # ---- synchronisation

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


def main():
    if "--version" in sys.argv:
        print("%d.%d" % sys.version_info[:2])
        return
    pin_order()
    # pending coroutines are collected: some never began, some await again
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None
    gc.freeze()
    gc.disable()
    lines = []
    count = 0
    for line in sys.stdin:
        line = line.rstrip("\n")
        if line != "end":
            lines.append(line)
            continue
        trace = Interpreter(lines).run()
        print("\n".join(trace), "end", sep="\n")
        lines = []
        count += 1
        if count % 20 == 0:
            gc.collect()


if __name__ == "__main__":
    main()
