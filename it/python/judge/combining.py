"""What combines futures: gather, shield, wait, as_completed."""

import asyncio

MAX_NESTING = 4  # of gathers: their results grow exponentially
WHEN = {"first": asyncio.FIRST_COMPLETED, "exception": asyncio.FIRST_EXCEPTION, "all": asyncio.ALL_COMPLETED}


class Combining:
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
