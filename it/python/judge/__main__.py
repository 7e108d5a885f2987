"""The judge's CPython side: runs programs on asyncio, with a virtual clock, and prints what happens.

Reads programs from standard input, each ended by a line "end", and prints the trace of each, ended by such a line.
"""

import gc
import logging
import sys
import warnings

from interpreter import Interpreter
from pinned import pin_order


def main():
    if "--version" in sys.argv:
        print("%d.%d" % sys.version_info[:2])
        return
    pin_order()
    # pending coroutines are collected: some never began, some await again
    warnings.simplefilter("ignore")
    sys.unraisablehook = lambda _: None
    logging.disable()
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
