"""A program's text: one statement a line; what belongs to a statement stands below it, further to the right."""


class Statement:
    def __init__(self, line, text):
        words = text.split()
        self.line = line
        self.text = text
        self.mode = words[0][-1] if words[0][-1] in "?!" else ""
        self.op = words[0].rstrip("?!")
        self.args = words[1:]
        self.body = []


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


class Err(Exception):
    """What programs raise."""


class Return:
    """The end of a body, on its way out."""

    def __init__(self, value):
        self.value = value


class Strand:
    """Who executes: a task, a callback, a job of an executor, or the body of a generator."""

    def __init__(self, label):
        self.label = label
        self.task = None

    @property
    def cancelling(self):
        return "-" if self.task is None else self.task.cancelling()
