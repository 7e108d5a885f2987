package dev.weft.transport;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The optional parts of {@code subprocessExec} and {@code subprocessShell}. Immutable.
 *
 * <pre>{@code
 * SubprocessOptions options = SubprocessOptions.defaults().withStdout(Redirect.PIPE).withCwd(Path.of("/tmp"));
 * Process ls = createSubprocessExec(List.of("ls"), options);
 * }</pre>
 *
 * <p>Asyncio's {@code PIPE} is {@link Redirect#PIPE}. Its {@code None} is {@link Redirect#INHERIT}. Its {@code DEVNULL}
 * is {@link Redirect#DISCARD}, also for stdin. A file is {@link Redirect#from}, {@link Redirect#to} or
 * {@link Redirect#appendTo}.
 */
public final class SubprocessOptions {

  private static final SubprocessOptions DEFAULTS = of(Redirect.INHERIT);
  private static final SubprocessOptions PIPES = of(Redirect.PIPE);

  private final Redirect stdin;
  private final Redirect stdout;
  private final Redirect stderr;
  private final boolean stderrToStdout;
  private final Optional<Map<String, String>> env;
  private final Optional<Path> cwd;
  private final boolean newSession;

  private SubprocessOptions(
      Redirect stdin,
      Redirect stdout,
      Redirect stderr,
      boolean stderrToStdout,
      Optional<Map<String, String>> env,
      Optional<Path> cwd,
      boolean newSession) {
    if (Objects.requireNonNull(stdin, "stdin").type() == Redirect.Type.WRITE && !isDiscard(stdin)
        || stdin.type() == Redirect.Type.APPEND) {
      throw new IllegalArgumentException("stdin must be readable: " + stdin);
    }
    checkWritable(stdout, "stdout");
    checkWritable(stderr, "stderr");
    env = Objects.requireNonNull(env, "env").map(Map::copyOf);
    Objects.requireNonNull(cwd, "cwd");
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.stderrToStdout = stderrToStdout;
    this.env = env;
    this.cwd = cwd;
    this.newSession = newSession;
  }

  private static boolean isDiscard(Redirect redirect) {
    return redirect.equals(Redirect.DISCARD);
  }

  private static void checkWritable(Redirect redirect, String name) {
    if (Objects.requireNonNull(redirect, name).type() == Redirect.Type.READ) {
      throw new IllegalArgumentException(name + " must be writable: " + redirect);
    }
  }

  private static SubprocessOptions of(Redirect all) {
    return new SubprocessOptions(all, all, all, false, Optional.empty(), Optional.empty(), false);
  }

  /**
   * Returns the default options of {@code create_subprocess_exec}: the child inherits all three streams from this
   * process. Never suspends. Any thread.
   *
   * @return the options
   */
  public static SubprocessOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Returns the default options of {@code loop.subprocess_exec}: a pipe for each of the three streams. Never suspends.
   * Any thread.
   *
   * @return the options
   */
  public static SubprocessOptions pipes() {
    return PIPES;
  }

  /**
   * Returns these options with another stdin. Never suspends. Any thread.
   *
   * @param stdin the source of the child's stdin
   * @return new options
   * @throws IllegalArgumentException if {@code stdin} cannot be read
   */
  public SubprocessOptions withStdin(Redirect stdin) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }

  /**
   * Returns these options with another stdout. Never suspends. Any thread.
   *
   * @param stdout the destination of the child's stdout
   * @return new options
   * @throws IllegalArgumentException if {@code stdout} cannot be written
   */
  public SubprocessOptions withStdout(Redirect stdout) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }

  /**
   * Returns these options with another stderr and without {@code stderrToStdout}. Never suspends. Any thread.
   *
   * @param stderr the destination of the child's stderr
   * @return new options
   * @throws IllegalArgumentException if {@code stderr} cannot be written
   */
  public SubprocessOptions withStderr(Redirect stderr) {
    return new SubprocessOptions(stdin, stdout, stderr, false, env, cwd, newSession);
  }

  /**
   * Returns these options with the child's stderr going where its stdout goes ({@code stderr=STDOUT}). Never suspends.
   * Any thread.
   *
   * @return new options
   */
  public SubprocessOptions withStderrToStdout() {
    return new SubprocessOptions(stdin, stdout, stderr, true, env, cwd, newSession);
  }

  /**
   * Returns these options with an environment. Never suspends. Any thread.
   *
   * @param env the child's whole environment
   * @return new options
   */
  public SubprocessOptions withEnv(Map<String, String> env) {
    return new SubprocessOptions(
        stdin, stdout, stderr, stderrToStdout, Optional.of(env), cwd, newSession);
  }

  /**
   * Returns these options with a working directory. Never suspends. Any thread.
   *
   * @param cwd the child's working directory
   * @return new options
   */
  public SubprocessOptions withCwd(Path cwd) {
    return new SubprocessOptions(
        stdin, stdout, stderr, stderrToStdout, env, Optional.of(cwd), newSession);
  }

  /**
   * Returns these options with {@code newSession} set. A new session requires the program {@code setsid} in this
   * process's {@code PATH}; Linux has it. Never suspends. Any thread.
   *
   * @param newSession whether the child begins a session of its own
   * @return new options
   */
  public SubprocessOptions withNewSession(boolean newSession) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }

  // ---- the options

  /** {@return the source of the child's stdin ({@code stdin})} Never suspends. Any thread. */
  public Redirect stdin() {
    return stdin;
  }

  /** {@return the destination of the child's stdout ({@code stdout})} Never suspends. Any thread. */
  public Redirect stdout() {
    return stdout;
  }

  /** {@return the destination of the child's stderr ({@code stderr}); has no effect with {@code stderrToStdout}} Never suspends. Any thread. */
  public Redirect stderr() {
    return stderr;
  }

  /** {@return whether the child's stderr goes where its stdout goes ({@code stderr=STDOUT})} Never suspends. Any thread. */
  public boolean stderrToStdout() {
    return stderrToStdout;
  }

  /** {@return the child's whole environment ({@code env}); this process's if empty} Never suspends. Any thread. */
  public Optional<Map<String, String>> env() {
    return env;
  }

  /** {@return the child's working directory ({@code cwd}); this process's if empty} Never suspends. Any thread. */
  public Optional<Path> cwd() {
    return cwd;
  }

  /** {@return whether the child begins a session of its own ({@code start_new_session})} It then has no terminal, and its group of processes can get a signal as a whole. Never suspends. Any thread. */
  public boolean newSession() {
    return newSession;
  }
}
