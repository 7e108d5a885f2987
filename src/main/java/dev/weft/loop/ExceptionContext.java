package dev.weft.loop;

import dev.weft.transport.BaseProtocol;
import dev.weft.transport.BaseTransport;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The report of an error to a loop's exception handler: asyncio's {@code context} dictionary, with the same keys.
 * Immutable, so any thread may use it. Its methods never suspend.
 */
public final class ExceptionContext {

  /** The key of the text. */
  public static final String MESSAGE = "message";

  /** The key of the throwable. */
  public static final String EXCEPTION = "exception";

  /** The key of the {@link Future} concerned. */
  public static final String FUTURE = "future";

  /** The key of the {@link Task} concerned. */
  public static final String TASK = "task";

  /** The key of the name of a task that no longer exists and whose failure was not retrieved. */
  public static final String TASK_NAME = "task_name";

  /** The key of the {@link Handle} whose callback failed. */
  public static final String HANDLE = "handle";

  /** The key of the protocol concerned. */
  public static final String PROTOCOL = "protocol";

  /** The key of the transport concerned. */
  public static final String TRANSPORT = "transport";

  /** The key of the socket concerned. */
  public static final String SOCKET = "socket";

  /** The key of the stack where the object concerned was created, in debug mode: a list of frames. */
  public static final String SOURCE_TRACEBACK = "source_traceback";

  /**
   * The key of the stack where the callback or task that makes the report was created, in debug mode: a
   * list of frames.
   */
  public static final String HANDLE_TRACEBACK = "handle_traceback";

  /** The key of the {@link AsyncGenerator} that failed. */
  public static final String ASYNCGEN = "asyncgen";

  /** The key of the report whose handling failed. */
  public static final String CONTEXT = "context";

  private final Map<String, Object> values;

  private ExceptionContext(Map<String, Object> values) {
    this.values = Collections.unmodifiableMap(values);
  }

  /**
   * Creates a report with a message. Never suspends. Any thread.
   *
   * @param message what happened
   * @return the report
   */
  public static ExceptionContext of(String message) {
    return new ExceptionContext(new TreeMap<>(Map.of(MESSAGE, message)));
  }

  /**
   * Returns this report with one more value. Never suspends. Any thread.
   *
   * @param key the key, for example one of this class's constants
   * @param value the value, not null
   * @return a new report
   */
  public ExceptionContext with(String key, Object value) {
    Map<String, Object> more = new TreeMap<>(values);
    more.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
    return new ExceptionContext(more);
  }

  /**
   * Returns this report with a throwable. Never suspends. Any thread.
   *
   * @param exception the throwable
   * @return a new report
   */
  public ExceptionContext withException(Throwable exception) {
    return with(EXCEPTION, exception);
  }

  /** Returns this report with the stack where the object concerned was created, if the stack is known. */
  ExceptionContext withSource(List<StackTraceElement> stack) {
    return stack.isEmpty() ? this : with(SOURCE_TRACEBACK, stack);
  }

  /**
   * Returns what happened. Never suspends. Any thread.
   *
   * @return the message
   */
  public String message() {
    return (String) Objects.requireNonNull(values.get(MESSAGE));
  }

  /**
   * Returns the throwable. Never suspends. Any thread.
   *
   * @return the throwable; empty if there is none
   */
  public Optional<Throwable> exception() {
    return get(EXCEPTION, Throwable.class);
  }

  /**
   * Returns the future concerned. Never suspends. Any thread.
   *
   * @return the future; empty if there is none
   */
  public Optional<Future<?>> future() {
    return get(FUTURE, Future.class).map(future -> (Future<?>) future);
  }

  /**
   * Returns the task concerned. Never suspends. Any thread.
   *
   * @return the task; empty if there is none
   */
  public Optional<Task<?>> task() {
    return get(TASK, Task.class).map(task -> (Task<?>) task);
  }

  /**
   * Returns the handle whose callback failed. Never suspends. Any thread.
   *
   * @return the handle; empty if there is none
   */
  public Optional<Handle> handle() {
    return get(HANDLE, Handle.class);
  }

  /**
   * Returns the protocol concerned. Never suspends. Any thread.
   *
   * @return the protocol; empty if there is none
   */
  public Optional<BaseProtocol> protocol() {
    return get(PROTOCOL, BaseProtocol.class);
  }

  /**
   * Returns the transport concerned. Never suspends. Any thread.
   *
   * @return the transport; empty if there is none
   */
  public Optional<BaseTransport> transport() {
    return get(TRANSPORT, BaseTransport.class);
  }

  /**
   * Returns all values. Never suspends. Any thread.
   *
   * @return the values in the order of their keys; cannot be changed
   */
  public Map<String, Object> asMap() {
    return values;
  }

  private <T> Optional<T> get(String key, Class<T> type) {
    return Optional.ofNullable(type.cast(values.get(key)));
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
