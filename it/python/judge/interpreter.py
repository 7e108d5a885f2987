"""Runs one program on asyncio. `dev.weft.it.judge.WeftInterpreter` is its twin; the rooms of the two have the same names."""

import asyncio
import concurrent.futures
import contextvars

from callbacks import Callbacks
from combining import Combining
from control import Control
from futures import Futures
from pinned import VirtualLoop
from program import Return, Strand, parse
from runners import Runners
from scopes import Scopes
from synchronising import Synchronising
from threads import ManualExecutor, Threads
from tracing import Tracing
from yielding import Yielding

CANCEL_ROUNDS = 4
MAX_TASKS = 60
MAX_CALLS = 100
QUEUES = {"fifo": asyncio.Queue, "lifo": asyncio.LifoQueue, "priority": asyncio.PriorityQueue}


class Interpreter(
    Tracing, Control, Callbacks, Futures, Scopes, Combining, Synchronising, Threads, Yielding, Runners
):
    def __init__(self, lines):
        super().__init__(lambda: self.loop.now)
        self.named = {}  # by the names that the program uses
        self.bodies = {}
        self.mains = []  # of a Runner: bodies, and their contexts
        self.tasks = []
        self.spawned = 0
        self.edges = {}  # what a task awaits, what a gather gathers
        self.nesting = {}
        self.deadlines = set()
        self.calls = 0  # of callbacks, which may register themselves again
        self.callbacks = {}
        self.counts = {}  # of conditions
        self.executors = []
        self.wrapped = set()
        self.submitted = {}  # by whom the coroutines of run_coroutine_threadsafe are executed
        self.generators = []
        self.handler_raises = None
        self.finished = False  # nothing is left to do
        self.loop = VirtualLoop(self.idle, self.closing)
        self.loop.set_exception_handler(self.handle)
        asyncio.events._set_running_loop(self.loop)  # for Future()
        for declaration in parse(lines):
            self.declare(declaration)
        asyncio.events._set_running_loop(None)

    # ---- the whole

    def run(self):
        if self.mains:
            self.run_mains()
        else:
            self.spawn("main", "k0")
            self.run_to_the_end()
            self.show_all()
            self.loop.close()
        return self.out

    def run_to_the_end(self):
        self.run_loop()
        for number in range(1, CANCEL_ROUNDS + 1):
            pending = [task for task in self.tasks if not task.done()]
            if not pending:
                break
            self.trace(f"blocked; round {number} cancels " + self.list_labels(pending))
            for task in pending:
                task.cancel(f"round{number}")
            self.run_loop()

    def run_loop(self):
        """Until there is nothing to do; a program can stop the loop, and a fatal error leaves it."""
        self.finished = False
        while not self.finished:
            try:
                self.loop.run_forever()
                if not self.finished:
                    self.trace("the loop has stopped")
            except KeyboardInterrupt as error:
                self.trace(f"out of the loop comes {self.show_error(error)}")

    def idle(self):
        self.finished = not self.work_somewhere()
        return not self.finished

    def closing(self):
        self.muted = True

    def show_all(self):
        self.trace("end")
        for future, label in self.labels.items():
            self.trace(f"{label} {self.state(future)} {self.outcome(future)}")

    def declare(self, s):
        name = s.args[0]
        if s.op in ("body", "callback", "job", "generator"):
            self.bodies[name] = s.body
        elif s.op == "main":
            self.mains.append((name, self.named.get(s.args[1]) if len(s.args) > 1 else None))
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
            self.named[name] = QUEUES[s.args[1]](int(s.args[2]))
        elif s.op == "factory":
            self.loop.set_task_factory(asyncio.eager_task_factory)
        elif s.op == "context":
            self.named[name] = contextvars.Context()
        elif s.op == "variable":
            self.named[name] = contextvars.ContextVar(name, default=0)
        elif s.op == "executor":
            self.named[name] = ManualExecutor()
            self.executors.append(self.named[name])
        elif s.op == "default":
            self.loop.set_default_executor(self.named[name])
        elif s.op == "foreign":
            self.named[name] = concurrent.futures.Future()
        else:
            raise AssertionError(s.text)

    def define(self, name, future, label):
        self.named[name] = future
        if future not in self.labels:
            self.labels[future] = label

    def handle(self, loop, context):
        message = context["message"]
        if "never retrieved" in message or "destroyed" in message:
            return
        if message.startswith("Exception in callback"):
            message = "callback"
        elif "closing of asynchronous generator" in message:
            message = "generator"
        message = message.replace("asyncio.run()", "run()")
        self.trace(f"handler: {message} {self.show_error(context['exception'])}")
        if self.handler_raises is not None:
            raise self.handler_raises()

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
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            return self.caught(s, text, error)
        self.trace(f"{text} = {self.show(result)}")
        return result if isinstance(result, Return) else None

    def caught(self, s, text, error):
        """Ends an error of a statement that swallows it."""
        self.trace(f"{text} !! {self.show_error(error)}")
        if isinstance(error, asyncio.CancelledError) and s.mode == "!" or isinstance(error, Exception) and s.mode:
            return None
        raise error

    def at_once(self, name, me):
        """Runs a body that never suspends."""
        try:
            self.block(self.bodies[name], me).send(None)
        except StopIteration as end:
            return None if end.value is None else end.value.value
        raise AssertionError("it suspends")

    async def body(self, name, me):
        signal = await self.block(self.bodies[name], me)
        return None if signal is None else signal.value

    async def coroutine(self, name, me):
        self.adopt(me, asyncio.current_task())  # an eager task begins before its creator knows it
        self.trace(f"{me.label} begins {name}")
        try:
            result = await self.body(name, me)
        except (Exception, asyncio.CancelledError, KeyboardInterrupt) as error:
            self.trace(f"{me.label} fails {self.show_error(error)} cancelling={me.task.cancelling()}")
            raise
        self.trace(f"{me.label} returns {self.show(result)} cancelling={me.task.cancelling()}")
        return result

    def adopt(self, me, task):
        if me.task is None:
            me.task = task
            self.tasks.append(task)
            self.labels[task] = me.label

    def may_spawn(self):
        return self.spawned < MAX_TASKS

    def strand(self):
        me = Strand(f"T{self.spawned}")
        self.spawned += 1
        return me

    def spawn(self, slot, name, create=None, **options):
        if not self.may_spawn():
            return "limit"
        me = self.strand()
        task = (create or self.loop.create_task)(self.coroutine(name, me), **options)
        self.adopt(me, task)
        self.named[slot] = task
        return me.label

    def run_callback(self, name, text):
        self.calls += 1
        if self.calls > MAX_CALLS:
            return
        self.trace(f"{name} {text}")
        self.at_once(name, Strand(name))

    # ---- words

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
