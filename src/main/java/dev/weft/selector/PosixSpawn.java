package dev.weft.selector;

import dev.weft.carrier.ChildExit;
import dev.weft.carrier.Daemons;
import dev.weft.carrier.Descriptors;
import dev.weft.carrier.NativeCalls;
import dev.weft.carrier.NativeCalls.Function;
import dev.weft.transport.SubprocessOptions;
import java.io.File;
import java.lang.ProcessBuilder.Redirect;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/*
 * The JDK starts a helper program, which becomes the child. This takes two execs. The C library takes one: a child that
 * shares this process's memory does the actions that this class lists, and the calling thread is blocked until the
 * program is loaded.
 *
 * The child gets the same state as from the JDK: only three open descriptors, no blocked signals (the JVM's threads
 * block SIGQUIT), and the ignored signals of this process, as with a shell. The library looks for the program in the
 * PATH of this process. The JDK starts each child that needs more, before this class has any effect. The JDK also tries
 * each start again that fails here. So the exceptions are those of the JDK, and so is the treatment of a script without
 * a first line.
 */

/** Starts a child with {@code posix_spawnp}, where that function can be called. Any thread. */
final class PosixSpawn {

  /** A user sets this property to choose how the JDK starts children. Then the JDK starts all children. */
  private static final String MECHANISM = "jdk.lang.Process.launchMechanism";

  private static final int SETSIGMASK = 8;
  private static final int SETSID = 128;
  private static final int RDONLY = 0;
  private static final int WRONLY = 1;
  private static final int CREAT = 0100;
  private static final int TRUNC = 01000;
  private static final int APPEND = 02000;
  private static final int READ_AND_WRITE = 0666;

  /* The offsets of the library's structures. Each has more room than any library needs: 80 bytes, 336 and 128. */
  private static final int ACTIONS = 0;
  private static final int ATTRIBUTES = 256;
  private static final int NO_SIGNALS = 1024;
  private static final int PID = 1280;
  private static final int POINTERS = 1288;

  /** The preparation starts with this child. It takes about as long as the JDK takes for so many children. */
  private static final int WORTHWHILE = 32;

  private static final AtomicInteger ASKED = new AtomicInteger();
  private static volatile @Nullable Functions functions; // null until prepared, or if not possible

  private final Functions c = Objects.requireNonNull(functions);
  private final SubprocessOptions options;
  private final Redirect[] redirects;
  private final int[] pipes;

  /** All strings that the system reads. An element that is null stands for the null pointer. */
  private final List<String> strings;

  // indexes into strings
  private final int environment;
  private final int directory;
  private final int files;

  private PosixSpawn(List<String> command, SubprocessOptions options, int[] pipes) {
    this.options = options;
    this.pipes = pipes;
    redirects = new Redirect[] {options.stdin(), options.stdout(), options.stderr()};
    strings = new ArrayList<>(command);
    strings.add(null);
    environment = strings.size();
    options.env().ifPresent(env -> {
      env.forEach((name, value) -> strings.add(name + "=" + value));
      strings.add(null);
    });
    directory = strings.size();
    options.cwd().ifPresent(cwd -> strings.add(cwd.toFile().getPath()));
    files = strings.size();
    for (Redirect redirect : redirects) {
      strings.add(redirect.file() == null ? null : redirect.file().getPath());
    }
  }

  /** Returns whether this class can start a child now. Starts the preparation in the background once it pays off. */
  static boolean isReady() {
    if (functions != null) {
      return true;
    }
    if (ASKED.incrementAndGet() == WORTHWHILE) {
      // not on the pool, where it would wait for the starts that are queued
      Daemons.builder().name("weft-spawner-setup").start(PosixSpawn::prepare);
    }
    return false;
  }

  /**
   * Looks up the functions, if that is possible. Returns whether this class can start children. The system must keep a
   * child that ends until this process waits for it, but SIGCHLD may be ignored by inheritance. The JDK corrects that
   * before it starts its first child. So the JDK must have started a child before this class starts one.
   */
  static synchronized boolean prepare() {
    if (functions == null && isPossible()) {
      try {
        functions = new Functions();
      } catch (NoSuchElementException e) {
        // the library is too old, or another one
      }
    }
    return functions != null;
  }

  private static boolean isPossible() {
    String path = System.getenv("PATH");
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty(MECHANISM) == null
        && path != null
        && !path.isEmpty() // the JDK and the library have different defaults
        && Descriptors.isAvailable()
        && ChildExit.canReap()
        && NativeCalls.isAvailable();
  }

  /**
   * Starts a child. Blocks until its program is loaded. The caller must ensure that the child is reaped.
   *
   * @param pipes the descriptors of the child's stdin, stdout and stderr; -1 for a stream that the options describe
   * @return the child's number; empty if the JDK has to start the child, or to report why it cannot be started
   */
  static OptionalLong start(List<String> command, SubprocessOptions options, int[] pipes) {
    var child = new PosixSpawn(command, options, pipes);
    return child.isPlain() ? child.start() : OptionalLong.empty();
  }

  /** Kills and reaps a child for which no thread waits. */
  static void discard(long pid) {
    Functions c = Objects.requireNonNull(functions);
    c.kill.call(pid, ChildSignals.SIGKILL);
    c.wait.call(pid, 0, 0);
  }

  private boolean isPlain() {
    for (String each : strings) {
      if (each != null && each.indexOf('\0') >= 0) {
        return false;
      }
    }
    for (String name : options.env().orElse(Map.of()).keySet()) {
      if (name.indexOf('=') >= 0) {
        return false;
      }
    }
    for (int fd = 0; fd < pipes.length; fd++) {
      File file = redirects[fd].file();
      if (pipes[fd] >= 0
              && pipes[fd] < pipes.length // an action could overwrite it before it is copied
          || file != null
              && !redirects[fd].equals(Redirect.DISCARD)
              && !file.isFile()
              && file.exists()) { // for example a FIFO, which may block when it is opened
        return false;
      }
    }
    return true;
  }

  private OptionalLong start() {
    var charset = Charset.forName(System.getProperty("sun.jnu.encoding"));
    var encoded = new byte[strings.size()][];
    int size = offset(strings.size());
    int text = size;
    for (int i = 0; i < encoded.length; i++) {
      if (strings.get(i) != null) {
        encoded[i] = strings.get(i).getBytes(charset);
        size += encoded[i].length + 1;
      }
    }
    try (var memory = new NativeCalls.Memory(size)) {
      ByteBuffer bytes = memory.bytes();
      for (int i = 0; i < encoded.length; i++) {
        if (encoded[i] != null) {
          bytes.putLong(offset(i), memory.address() + text);
          bytes.put(text, encoded[i]);
          text += encoded[i].length + 1;
        }
      }
      return start(memory);
    }
  }

  private OptionalLong start(NativeCalls.Memory memory) {
    long base = memory.address();
    long actions = base + ACTIONS;
    long attributes = base + ATTRIBUTES;
    if ((c.initActions.call(actions) | c.initAttributes.call(attributes)) != 0) {
      return OptionalLong.empty();
    }
    try {
      int error = addActions(memory, actions)
          | c.setSignalMask.call(attributes, base + NO_SIGNALS)
          | c.setFlags.call(attributes, options.newSession() ? SETSIGMASK | SETSID : SETSIGMASK);
      if (error != 0
          || c.spawn.call(
                  base + PID,
                  memory.bytes().getLong(POINTERS),
                  actions,
                  attributes,
                  base + POINTERS,
                  options.env().isPresent() ? base + offset(environment) : c.environment.getLong(0))
              != 0) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(memory.bytes().getInt(PID));
    } finally {
      c.destroyActions.call(actions);
      c.destroyAttributes.call(attributes);
    }
  }

  /** Adds the actions of the child, in their order. Returns 0, or another number for an error. */
  private int addActions(NativeCalls.Memory memory, long actions) {
    int error = 0;
    for (int fd = 0; fd < pipes.length; fd++) {
      if (fd == 2 && options.stderrToStdout()) {
        error |= c.addDup2.call(actions, 1, 2);
      } else if (pipes[fd] >= 0) {
        error |= c.addDup2.call(actions, pipes[fd], fd);
      } else if (redirects[fd].file() != null) {
        long path = memory.bytes().getLong(offset(files + fd));
        error |= c.addOpen.call(actions, fd, path, flags(fd), READ_AND_WRITE);
      }
    }
    error |= c.addClosefrom.call(actions, pipes.length);
    if (options
        .cwd()
        .isPresent()) { // after the files, whose names are relative to this process's directory
      error |= c.addChdir.call(actions, memory.bytes().getLong(offset(directory)));
    }
    return error;
  }

  private int flags(int fd) {
    if (fd == 0) {
      return RDONLY;
    }
    return WRONLY | CREAT | (redirects[fd].type() == Redirect.Type.APPEND ? APPEND : TRUNC);
  }

  private static int offset(int string) {
    return POINTERS + string * Long.BYTES;
  }

  /** The functions of the C library. */
  private static final class Functions {

    final Function initActions = new Function("posix_spawn_file_actions_init");
    final Function addDup2 = new Function("posix_spawn_file_actions_adddup2");
    final Function addOpen = new Function("posix_spawn_file_actions_addopen");
    final Function addChdir = new Function("posix_spawn_file_actions_addchdir_np");
    final Function addClosefrom = new Function("posix_spawn_file_actions_addclosefrom_np");
    final Function destroyActions = new Function("posix_spawn_file_actions_destroy");
    final Function initAttributes = new Function("posix_spawnattr_init");
    final Function destroyAttributes = new Function("posix_spawnattr_destroy");
    final Function setSignalMask = new Function("posix_spawnattr_setsigmask");
    final Function setFlags = new Function("posix_spawnattr_setflags");
    final Function spawn = new Function("posix_spawnp");
    final Function kill = new Function("kill");
    final Function wait = new Function("waitpid");
    final ByteBuffer environment = NativeCalls.pointer("environ");
  }
}
