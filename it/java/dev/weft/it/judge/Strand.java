package dev.weft.it.judge;

import dev.weft.loop.AsyncGenerator;
import dev.weft.loop.Task;

/** The code that executes statements: a task, a callback, a job of an executor, or the body of a generator. */
final class Strand {

  final String label;
  Task<?> task; // of a task only
  AsyncGenerator.Yielder<Integer> yielder; // of a generator's body only

  Strand(String label) {
    this.label = label;
  }

  String cancelling() {
    return task == null ? "-" : String.valueOf(task.cancelling());
  }
}
