package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.StringWriter;
import java.net.URI;
import java.util.List;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Typical first code of a user compiles, and exceptions keep their types. */
class CodeShapesTest {

  private static final JavaCompiler JAVAC = ToolProvider.getSystemJavaCompiler();

  @TempDir
  private File classes;

  /** Compiles statements with all warnings as errors, and returns the compiler's messages. */
  private String compile(String statements) {
    String source = """
        import static dev.weft.Asyncio.*;
        import dev.weft.loop.*;
        import dev.weft.sync.*;
        import dev.weft.task.*;
        import java.io.IOException;
        import java.time.Duration;
        import java.util.List;
        import java.util.Optional;
        import java.util.OptionalLong;
        import java.util.concurrent.TimeoutException;

        class Shape {
          static final Duration SECOND = Duration.ofSeconds(1);

          static String fetch() throws IOException { return ""; }

          static String fetch(Object scope) throws IOException { return ""; }

          static void print() {}

          static void send(Object scope) throws IOException {}

          void code() throws TimeoutException {
            %s
          }
        }
        """.formatted(statements);
    var file =
        new SimpleJavaFileObject(URI.create("string:///Shape.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    var said = new StringWriter();
    var options = List.of(
        "-Xlint:all",
        "-Werror",
        "-proc:none",
        "-cp",
        System.getProperty("java.class.path"),
        "-d",
        classes.toString());
    boolean good = JAVAC.getTask(said, null, null, options, null, List.of(file)).call();
    assertEquals(good, said.toString().isEmpty(), said::toString);
    return said.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run(() -> print());",
        "int seven = run(() -> 7);",
        "Task<String> task = createTask(() -> fetch()); Task<Void> nothing = createTask(() -> print());",
        "Task<String> task = createTask(Shape::fetch); Task<Void> nothing = createTask(Shape::print);",
        "java.util.concurrent.Callable<String> given = () -> \"\"; Task<String> task = createTask(given::call);",
        "Task<Void> task = createTask(() -> { throw new IOException(); }, TaskOptions.defaults());",
        "Future<String> text = getRunningLoop().runInExecutor(Shape::fetch);",
        "taskGroup(group -> { group.createTask(() -> print()); });",
        "Task<String> task = taskGroup(group -> group.createTask(Shape::fetch));",
        "taskGroup(group -> group.createTask(() -> fetch()));",
        "String text = taskGroup(group -> { return fetch(group); });",
        "String text = taskGroup(group -> fetch(group));",
        "taskGroup(Shape::send);",
        "timeout(SECOND, scope -> { print(); });",
        "timeoutAt(OptionalLong.empty(), scope -> { print(); });",
        "failAfter(SECOND, scope -> { print(); });",
        "boolean over = moveOnAfter(SECOND, scope -> { print(); });",
        "boolean over = moveOnAfter(SECOND, () -> print());",
        "Optional<String> text = moveOnAfter(SECOND, scope -> \"\");",
        "waitFor(() -> print(), SECOND);",
        "List<Void> all = await(gather(() -> print(), () -> print()));",
        "List<String> all = await(gather(() -> fetch(), () -> fetch()));",
        "Task<Void> task = null; await(gather(task, task)); await(gatherOutcomes(() -> print()));",
        "toThread(() -> print()); getRunningLoop().runInExecutor(() -> print());",
        "Queue<String> queue = new PriorityQueue<>(); ContextVar<String> x = new ContextVar<>(\"x\");",
        "ContextVar<Integer> x = new ContextVar<>(\"x\", 0);",
        "new Lock().with(() -> print()); int seven = new Lock().with(() -> 7);",
        "Supervisor.supervise(all -> { all.createTask(() -> print()); });"
      })
  @DisplayName("typical first code compiles without a warning")
  void compiles(String statements) {
    assertEquals("", compile(statements));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run(() -> fetch());",
        "timeout(SECOND, scope -> fetch(scope));",
        "timeout(SECOND, scope -> { send(scope); });",
        "timeoutAt(OptionalLong.empty(), scope -> fetch(scope));",
        "failAfter(SECOND, scope -> { send(scope); });",
        "moveOnAfter(SECOND, scope -> fetch(scope));",
        "waitFor(() -> fetch(), SECOND);",
        "toThread(() -> fetch());",
        "shielded(() -> fetch());",
        "new Lock().with(() -> fetch());",
        "new Semaphore(1).with(() -> fetch());",
        "new Condition().with(() -> fetch());",
        "Context.copyContext().run(() -> fetch());"
      })
  @DisplayName(
      "a method that runs the caller's code declares the exceptions of that code, so the caller must catch them")
  void keepsType(String call) {
    assertEquals("", compile("try { " + call + " } catch (IOException e) { print(); }"));
    assertTrue(compile(call).contains("unreported exception"), call);
  }

  @Test
  @DisplayName(
      "await of a future declares an exception only on request, and a task group throws an ExceptionGroup")
  void futures() {
    assertEquals(
        "",
        compile("Future<String> future = null; await(future);"
            + " try { await(future, IOException.class); } catch (IOException e) { print(); }"));
    assertEquals("", compile("taskGroup(group -> { send(group); });"));
    assertFalse(
        compile("try { taskGroup(group -> { send(group); }); } catch (IOException e) { print(); }")
            .isEmpty());
  }
}
