package dev.weft.it.judge;

import dev.weft.it.judge.Stage.Err;
import dev.weft.it.judge.Stage.Return;
import dev.weft.loop.CancelledError;
import dev.weft.loop.EventLoop;
import dev.weft.loop.ExceptionGroup;
import dev.weft.loop.Future;
import dev.weft.loop.GeneratorExit;
import dev.weft.loop.Handle;
import dev.weft.loop.InvalidStateException;
import dev.weft.loop.KeyboardInterrupt;
import dev.weft.loop.Task;
import dev.weft.sync.Barrier;
import dev.weft.sync.Condition;
import dev.weft.sync.Event;
import dev.weft.sync.Lock;
import dev.weft.sync.Queue;
import dev.weft.sync.QueueEmptyException;
import dev.weft.sync.QueueFullException;
import dev.weft.sync.QueueShutDownException;
import dev.weft.sync.Semaphore;
import dev.weft.task.Outcome;
import dev.weft.task.Timeout;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** The events of a run, and how values are shown: futures by labels, errors by kind and by identity. */
final class Trace {

  private final EventLoop loop;
  private final List<String> out = new ArrayList<>();
  private final Map<Future<?>, String> labels = new LinkedHashMap<>();
  private final List<Throwable> errors = new ArrayList<>(); // all errors that were shown, by number

  Trace(EventLoop loop) {
    this.loop = loop;
  }

  /** Notes a line, except for what tasks do when the loop is closed, because CPython leaves pending tasks alone. */
  void add(String text) {
    if (!loop.isClosed()) {
      addEvenIfClosed(text);
    }
  }

  void addEvenIfClosed(String text) {
    out.add(loop.time() / VirtualClock.SECOND + " " + text);
  }

  List<String> lines() {
    return out;
  }

  // ---- futures

  /** Gives a future its label, unless it has one. */
  void label(Future<?> future, String label) {
    labels.putIfAbsent(future, label);
  }

  String label(Future<?> future) {
    return labels.get(future);
  }

  /** A label that no other future has, if each kind of future has a letter of its own. */
  String newLabel(String letter) {
    return letter + labels.size();
  }

  String labels(Collection<? extends Future<?>> futures) {
    return futures.stream().map(labels::get).collect(Collectors.joining(" ", "[", "]"));
  }

  /** Notes the final state of each future. */
  void addAll() {
    add("end");
    labels.forEach((future, label) -> add(label + " " + state(future) + " " + outcome(future)));
  }

  private String outcome(Future<?> future) {
    if (!future.done()) {
      return "";
    }
    try {
      return show(future.result());
    } catch (Throwable error) {
      return show(error);
    }
  }

  // ---- values

  String show(Object value) {
    if (value == null) {
      return "-";
    }
    if (value instanceof List<?> list) {
      return list.stream().map(this::show).collect(Collectors.joining(" ", "[", "]"));
    }
    if (value instanceof Outcome<?> outcome) {
      // CPython has another error here, without the message
      return outcome.failure().filter(CancelledError.class::isInstance).isPresent()
          ? "Cancelled"
          : outcome.failure().map(this::show).orElseGet(() -> show(outcome.get()));
    }
    if (value instanceof Return end) {
      return "return " + show(end.value());
    }
    return value.toString();
  }

  String show(Throwable error) {
    if (error instanceof ExceptionGroup group) {
      return group.exceptions().stream()
          .map(this::show)
          .collect(Collectors.joining(" ", "Group[", "]"));
    }
    int number = 0;
    while (number < errors.size() && errors.get(number) != error) {
      number++;
    }
    if (number == errors.size()) {
      errors.add(error);
    }
    return name(error) + "#" + number;
  }

  static String name(Throwable error) {
    if (error instanceof CancelledError) {
      return "Cancelled(" + Objects.toString(error.getMessage(), "") + ")";
    } else if (error instanceof KeyboardInterrupt) {
      return "Fatal";
    } else if (error instanceof Err) {
      return "Err(" + error.getMessage() + ")";
    } else if (error instanceof InvalidStateException) {
      return "InvalidState";
    } else if (error instanceof TimeoutException) {
      return "Timeout";
    } else if (error instanceof QueueEmptyException) {
      return "QueueEmpty";
    } else if (error instanceof QueueFullException) {
      return "QueueFull";
    } else if (error instanceof QueueShutDownException) {
      return "QueueShutDown";
    } else if (error instanceof BrokenBarrierException) {
      return "BrokenBarrier";
    } else if (error instanceof NoSuchElementException) {
      return "Exhausted";
    } else if (error instanceof GeneratorExit) {
      return "Exit";
    } else if (error instanceof IllegalStateException
        || error instanceof IllegalArgumentException
        || error instanceof UnsupportedOperationException) {
      return "Misuse"; // Python's RuntimeError, ValueError, TypeError
    }
    return error.toString();
  }

  String state(Object thing) {
    if (thing instanceof Future<?> future) {
      String state = !future.done() ? "pending" : future.cancelled() ? "cancelled" : "done";
      return future instanceof Task<?> task ? state + " cancelling=" + task.cancelling() : state;
    } else if (thing instanceof CompletableFuture<?> foreign) {
      return !foreign.isDone() ? "pending" : foreign.isCancelled() ? "cancelled" : "done";
    } else if (thing instanceof Event event) {
      return show(event.isSet());
    } else if (thing instanceof Queue<?> queue) {
      return queue.qsize() + " " + queue.empty() + " " + queue.full();
    } else if (thing instanceof Barrier barrier) {
      return barrier.nWaiting() + " " + barrier.broken();
    } else if (thing instanceof Handle handle) {
      return show(handle.cancelled());
    } else if (thing instanceof Timeout scope) {
      OptionalLong when = scope.when();
      return scope.expired() + " "
          + (when.isPresent() ? when.getAsLong() / VirtualClock.SECOND : "-");
    } else if (thing instanceof Lock lock) {
      return show(lock.locked());
    } else if (thing instanceof Condition condition) {
      return show(condition.locked());
    }
    return show(((Semaphore) thing).locked());
  }
}
