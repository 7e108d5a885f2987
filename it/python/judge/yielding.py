"""Asynchronous generators. A generator's body becomes a Python function, because `yield` has its place in one."""

import asyncio

from program import Strand


def yields(s):
    return s.op == "yield" or any(map(yields, s.body))


class Compiler:
    """Writes what `Interpreter.statement` and `do_try` and `do_repeat` do as source text."""

    def __init__(self, statements):
        self.lines = ["async def produce(self, me, statements, CancelledError):", "    if False:", "        yield"]
        self.statements = []  # by number
        self.block(statements, 1)

    def function(self):
        scope = {}
        exec("\n".join(self.lines), scope)
        return scope["produce"]

    def write(self, depth, *lines):
        self.lines.extend("    " * depth + line for line in lines)

    def block(self, statements, depth):
        self.write(depth, "pass")
        for s in statements:
            if yields(s):
                self.holding(s, depth)
            else:
                self.write(depth, f"await self.statement({self.refer(s)}, me)")

    def refer(self, s):
        self.statements.append(s)
        return f"statements[{len(self.statements) - 1}]"

    def holding(self, s, depth):
        text = f"f'{{me.label}} {s.line} {s.text}'"
        self.write(depth, f"self.trace({text})", "try:")
        getattr(self, "write_" + s.op)(s, depth + 1)
        self.write(depth, "except BaseException as error:")
        self.write(depth + 1, f"self.caught({self.refer(s)}, {text}, error)")
        self.write(depth, "else:")
        self.write(depth + 1, f"self.trace({text} + ' = -')")

    def write_yield(self, s, depth):
        self.write(depth, f"yield {s.args[0]}")

    def write_repeat(self, s, depth):
        self.write(depth, f"for _ in range({s.args[0]}):")
        self.block(s.body, depth + 1)

    def write_try(self, s, depth):
        parts = {part.op: part for part in s.body}
        self.write(depth, "try:")
        self.block(parts["do"].body, depth + 1)
        if "catch" in parts:
            catch = self.refer(parts["catch"])
            self.write(depth, "except (Exception, CancelledError, KeyboardInterrupt) as error:")
            self.write(depth + 1, f"if not self.catches({catch}, me, error):", "    raise")
            self.block(parts["catch"].body, depth + 1)
            if "reraise" in parts["catch"].args:
                self.write(depth + 1, "raise")
        self.write(depth, "finally:")
        self.block(parts["finally"].body if "finally" in parts else [], depth + 1)


class Yielding:
    async def do_generate(self, me, s):
        compiler = Compiler(self.bodies[s.args[1]])
        strand = Strand(s.args[0])
        generator = compiler.function()(self, strand, compiler.statements, asyncio.CancelledError)
        self.generators.append(generator)  # none is to be collected
        self.named[s.args[0]] = generator

    async def do_next(self, me, s):
        generator = self.named.get(s.args[0])
        return "none" if generator is None else await anext(generator)

    async def do_each(self, me, s):
        generator = self.named.get(s.args[0])
        if generator is None:
            return "none"
        async for value in generator:
            self.trace(f"{me.label} {s.line} next {self.show(value)}")
            signal = await self.block(s.body, me)
            if signal is not None:
                return signal

    async def do_aclose(self, me, s):
        generator = self.named.get(s.args[0])
        if generator is None:
            return "none"
        await generator.aclose()

    async def do_shutdowngens(self, me, s):
        """Of those that have not ended: asyncio closes the others, too, until the collector has found them."""
        for generator in self.generators:
            if generator.ag_frame is None:
                self.loop._asyncgens.discard(generator)
        await self.loop.shutdown_asyncgens()
