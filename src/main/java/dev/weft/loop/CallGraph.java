package dev.weft.loop;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Shows which tasks wait for a future, and where: asyncio's {@code graph} module. A future knows the tasks that await
 * it. {@link #futureAddToAwaitedBy} records those that wait in another way, as {@code gather}, {@code wait},
 * {@code asCompleted}, {@code shield} and task groups do.
 *
 * <p>Capturing never suspends. Any thread may capture; while the loop runs in another thread, the call blocks until the
 * loop answers.
 */
public final class CallGraph {

  private static final String ADAPTER = Procedure.class.getName();

  private CallGraph() {}

  /**
   * Returns the graph of the current task: its calls, and the tasks that wait for it ({@code capture_call_graph}).
   * Never suspends. Loop thread only.
   *
   * @return the graph; empty in a callback
   * @throws IllegalStateException if no loop runs the caller
   */
  public static Optional<FutureCallGraph> captureCallGraph() {
    return captureCallGraph(Optional.empty(), 1, OptionalInt.empty());
  }

  /**
   * Returns the graph of a future: its calls, and the tasks that wait for it ({@code capture_call_graph(future)}).
   * Never suspends. Any thread.
   *
   * @param future a future or a task
   * @return the graph
   */
  public static FutureCallGraph captureCallGraph(Future<?> future) {
    return captureCallGraph(Optional.of(future), 1, OptionalInt.empty()).orElseThrow();
  }

  /**
   * Returns the graph of a future or of the current task, with limits ({@code capture_call_graph}). Never suspends. Any
   * thread.
   *
   * @param future the future; empty for the current task
   * @param depth for the current task: 1 keeps all its calls; each further number omits one more of the innermost calls
   * @param limit how many calls of each stack to keep: a positive number keeps the outermost calls, where the task
   *     began; a negative number keeps the innermost; 0 keeps none; empty keeps all
   * @return the graph; empty if no future is given and the caller is in a callback
   * @throws IllegalStateException if no future is given and no loop runs the caller
   */
  public static Optional<FutureCallGraph> captureCallGraph(
      Optional<? extends Future<?>> future, int depth, OptionalInt limit) {
    Objects.requireNonNull(limit, "limit");
    Task<?> current = Task.currentOrNull();
    Future<?> subject = future.isPresent() ? future.get() : current;
    if (subject == null) {
      if (BaseEventLoop.runningOrNull() == null) {
        throw new IllegalStateException("captureCallGraph is called outside of a running event loop"
            + " and no future to introspect was provided");
      }
      return Optional.empty();
    }
    List<StackTraceElement> live = subject == current ? liveStack(depth) : null;
    return Optional.of(subject.loop.read(() -> graph(subject, live, limit, new LinkedHashSet<>())));
  }

  private static FutureCallGraph graph(
      Future<?> future,
      @Nullable List<StackTraceElement> live,
      OptionalInt limit,
      Set<Future<?>> path) {
    if (!path.add(future)) {
      return new FutureCallGraph(future, List.of(), List.of());
    }
    List<FutureCallGraph> awaitedBy = new ArrayList<>();
    for (Future<?> waiter : future.awaitedBy()) {
      awaitedBy.add(graph(waiter, null, limit, path));
    }
    path.remove(future);
    List<StackTraceElement> stack = live == null ? stack(future) : live;
    return new FutureCallGraph(
        future, limited(stack, limit).map(FrameCallGraphEntry::new).toList(), awaitedBy);
  }

  private static Stream<StackTraceElement> limited(
      List<StackTraceElement> stack, OptionalInt limit) {
    int size = stack.size();
    int kept = limit.isEmpty() ? size : (int) Math.min(Math.abs((long) limit.getAsInt()), size);
    boolean outermost = limit.orElse(0) > 0;
    return stack.stream().skip(outermost ? size - kept : 0).limit(kept);
  }

  private static List<StackTraceElement> stack(Future<?> future) {
    if (!(future instanceof Task<?> task)) {
      return List.of();
    }
    return task == Task.currentOrNull() ? liveStack(1) : suspendedStack(task);
  }

  private static List<StackTraceElement> liveStack(int depth) {
    List<StackTraceElement> stack = Origins.callersStack(Integer.MAX_VALUE);
    return body(stack, Math.min(Math.max(depth - 1, 0), stack.size()));
  }

  /** Returns the calls of a suspended task, from its await outwards. */
  private static List<StackTraceElement> suspendedStack(Task<?> task) {
    List<StackTraceElement> stack = task.getStack();
    int from = 0;
    for (int i = 0; i < stack.size(); i++) {
      StackTraceElement frame = stack.get(i);
      if (isOf(frame, Task.class) && frame.getMethodName().equals("suspendOn")) {
        from = i + 1;
      }
    }
    return body(stack, from);
  }

  /** Returns the frames of the coroutine's own code, from the index {@code from} on. */
  private static List<StackTraceElement> body(List<StackTraceElement> stack, int from) {
    int to = from;
    while (to < stack.size() && !isBottom(stack.get(to))) {
      to++;
    }
    while (to > from && stack.get(to - 1).getClassName().equals(ADAPTER)) {
      to--;
    }
    return stack.subList(from, to);
  }

  private static boolean isBottom(StackTraceElement frame) {
    return Coroutine.isBottom(frame.getClassName(), frame.getMethodName());
  }

  private static boolean isOf(StackTraceElement frame, Class<?> type) {
    return frame.getClassName().equals(type.getName());
  }

  /**
   * Returns the graph of the current task as text ({@code format_call_graph}). Never suspends. Loop thread only.
   *
   * @return the text; empty in a callback
   * @throws IllegalStateException if no loop runs the caller
   */
  public static String formatCallGraph() {
    return formatCallGraph(Optional.empty(), 1, OptionalInt.empty());
  }

  /**
   * Returns the graph of a future as text ({@code format_call_graph(future)}). Never suspends. Any thread.
   *
   * @param future a future or a task
   * @return the text
   */
  public static String formatCallGraph(Future<?> future) {
    return formatCallGraph(Optional.of(future), 1, OptionalInt.empty());
  }

  /**
   * Returns the graph of a future or of the current task as text, with limits ({@code format_call_graph}). A future
   * that waits for itself through others is marked {@code (cycle)} where it appears again. Never suspends. Any thread.
   *
   * @param future the future; empty for the current task
   * @param depth for the current task: 1 keeps all its calls; each further number omits one more of the innermost calls
   * @param limit how many calls of each stack to keep: a positive number keeps the outermost calls, where the task
   *     began; a negative number keeps the innermost; 0 keeps none; empty keeps all
   * @return the text; empty if no future is given and the caller is in a callback
   * @throws IllegalStateException if no future is given and no loop runs the caller
   */
  public static String formatCallGraph(
      Optional<? extends Future<?>> future, int depth, OptionalInt limit) {
    var lines = new ArrayList<String>();
    captureCallGraph(future, depth, limit)
        .ifPresent(graph -> render(graph, "", new LinkedHashSet<>(), lines));
    return String.join(System.lineSeparator(), lines);
  }

  /**
   * Prints the graph of the current task on the standard output ({@code print_call_graph}). Never suspends. Loop thread
   * only.
   *
   * @throws IllegalStateException if no loop runs the caller
   */
  public static void printCallGraph() {
    printCallGraph(Optional.empty(), 1, OptionalInt.empty(), System.out);
  }

  /**
   * Prints the graph of a future on the standard output ({@code print_call_graph(future)}). Never suspends. Any thread.
   *
   * @param future a future or a task
   */
  public static void printCallGraph(Future<?> future) {
    printCallGraph(Optional.of(future), 1, OptionalInt.empty(), System.out);
  }

  /**
   * Prints the graph of a future or of the current task, with limits ({@code print_call_graph}). Never suspends. Any
   * thread.
   *
   * @param future the future; empty for the current task
   * @param depth for the current task: 1 keeps all its calls; each further number omits one more of the innermost calls
   * @param limit how many calls of each stack to keep: a positive number keeps the outermost calls, where the task
   *     began; a negative number keeps the innermost; 0 keeps none; empty keeps all
   * @param out gets the text
   * @throws IllegalStateException if no future is given and no loop runs the caller
   */
  public static void printCallGraph(
      Optional<? extends Future<?>> future, int depth, OptionalInt limit, PrintStream out) {
    out.println(formatCallGraph(future, depth, limit));
  }

  private static void render(
      FutureCallGraph graph, String indent, Set<Future<?>> path, List<String> lines) {
    Future<?> future = graph.future();
    String id = "id=0x" + Integer.toHexString(future.hashCode());
    boolean first = path.add(future);
    lines.add(indent
        + (future instanceof Task<?> task
            ? "* Task(name=" + task.getName() + ", " + id + ")"
            : "* Future(" + id + ")")
        + (first ? "" : " (cycle)"));
    if (!graph.callStack().isEmpty()) {
      lines.add(indent + "  + Call stack:");
      graph.callStack().forEach(entry -> lines.add(indent + "  |   at " + entry.frame()));
    }
    if (!graph.awaitedBy().isEmpty()) {
      lines.add(indent + "  + Awaited by:");
      graph.awaitedBy().forEach(waiter -> render(waiter, indent + "    ", path, lines));
    }
    if (first) {
      path.remove(future);
    }
  }

  /**
   * Records that a task waits for a future in another way than by {@link Future#await}
   * ({@code future_add_to_awaited_by}). Libraries that have such waits call this. The record ends when the future is
   * done. Never suspends. Loop thread only.
   *
   * @param future the future that is awaited
   * @param waiter the task that waits
   */
  public static void futureAddToAwaitedBy(Future<?> future, Future<?> waiter) {
    Objects.requireNonNull(waiter, "waiter");
    if (!future.done()) {
      future.loop.checkCanUse("futureAddToAwaitedBy for ", future);
      future.addAwaitEdge(waiter);
    }
  }

  /**
   * Removes what {@link #futureAddToAwaitedBy} recorded ({@code future_discard_from_awaited_by}). Never suspends. Loop
   * thread only.
   *
   * @param future the future that is awaited
   * @param waiter the task that waits
   */
  public static void futureDiscardFromAwaitedBy(Future<?> future, Future<?> waiter) {
    future.removeAwaitEdges(Objects.requireNonNull(waiter, "waiter"));
  }
}
