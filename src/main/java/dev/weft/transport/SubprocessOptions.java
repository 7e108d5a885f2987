package dev.weft.transport;

import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The optional parts of {@code subprocessExec} and {@code subprocessShell}. Immutable.
 *
 * <p>asyncio's {@code PIPE} is {@link Redirect#PIPE}, its {@code None} {@link Redirect#INHERIT}, its {@code
 * DEVNULL} {@link Redirect#DISCARD}, for reading too; a file is {@link Redirect#from}, {@link Redirect#to} or
 * {@link Redirect#appendTo}.
 *
 * @param stdin what the child reads
 * @param stdout where its output goes
 * @param stderr where its errors go; not looked at if {@code stderrToStdout}
 * @param stderrToStdout whether its errors go where its output goes ({@code stderr=STDOUT})
 * @param env its whole environment; this process's if empty
 * @param cwd its working directory; this process's if empty
 * @param newSession whether it begins a session of its own, and so has no terminal and a group of processes that a
 *     signal can be sent to as a whole ({@code start_new_session}); this process's session if not
 */
public record SubprocessOptions(
    Redirect stdin,
    Redirect stdout,
    Redirect stderr,
    boolean stderrToStdout,
    Optional<Map<String, String>> env,
    Optional<Path> cwd,
    boolean newSession) {

  private static final SubprocessOptions DEFAULTS = of(Redirect.INHERIT);
  private static final SubprocessOptions PIPES = of(Redirect.PIPE);

  /** Checks that each redirection fits its direction. */
  public SubprocessOptions {
    if (Objects.requireNonNull(stdin, "stdin").type() == Redirect.Type.WRITE && !isDiscard(stdin)
        || stdin.type() == Redirect.Type.APPEND) {
      throw new IllegalArgumentException("stdin must be readable: " + stdin);
    }
    checkWritable(stdout, "stdout");
    checkWritable(stderr, "stderr");
    env = Objects.requireNonNull(env, "env").map(Map::copyOf);
    Objects.requireNonNull(cwd, "cwd");
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

  /** All three inherited from this process, as {@code create_subprocess_exec} has it. */
  public static SubprocessOptions defaults() {
    return DEFAULTS;
  }

  /** A pipe for each of the three, as {@code loop.subprocess_exec} has it. */
  public static SubprocessOptions pipes() {
    return PIPES;
  }

  /** These options with another stdin. */
  public SubprocessOptions withStdin(Redirect stdin) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }

  /** These options with another stdout. */
  public SubprocessOptions withStdout(Redirect stdout) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }

  /** These options with another stderr. */
  public SubprocessOptions withStderr(Redirect stderr) {
    return new SubprocessOptions(stdin, stdout, stderr, false, env, cwd, newSession);
  }

  /** These options, with the child's errors going where its output goes. */
  public SubprocessOptions withStderrToStdout() {
    return new SubprocessOptions(stdin, stdout, stderr, true, env, cwd, newSession);
  }

  /** These options with another environment. */
  public SubprocessOptions withEnv(Map<String, String> env) {
    return new SubprocessOptions(
        stdin, stdout, stderr, stderrToStdout, Optional.of(env), cwd, newSession);
  }

  /** These options with another working directory. */
  public SubprocessOptions withCwd(Path cwd) {
    return new SubprocessOptions(
        stdin, stdout, stderr, stderrToStdout, env, Optional.of(cwd), newSession);
  }

  /**
   * These options, with the child in a session of its own, or in this process's. A session needs the program {@code
   * setsid}, which Linux has, in this process's {@code PATH}.
   */
  public SubprocessOptions withNewSession(boolean newSession) {
    return new SubprocessOptions(stdin, stdout, stderr, stderrToStdout, env, cwd, newSession);
  }
}
