package dev.weft.log;

import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPLoggerFactory;
import org.slf4j.spi.LocationAwareLogger;

/**
 * The loggers of Weft. They log through SLF4J if it has a provider. Otherwise they print warnings and errors to
 * System.err with their stack traces, as {@code logging.lastResort} does for asyncio. SLF4J is not initialised then, so
 * it prints nothing.
 *
 * <p>A logger throws nothing but a {@link VirtualMachineError}. It prints an event that the provider fails to log to
 * System.err, together with the failure. Any thread but a carrier thread may log.
 */
public final class Log extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  /** The class whose caller is the place of the event, for providers that print the place. */
  private static final String BOUNDARY = AbstractLogger.class.getName();

  private transient @Nullable Logger
      target; // null before the first event, and if there is no provider

  private Log(String name) {
    this.name = name;
  }

  /**
   * {@return the logger of a class} Does not initialise SLF4J. Any thread.
   *
   * @param type the class, whose name the logger has
   */
  public static Logger of(Class<?> type) {
    return new Log(type.getName());
  }

  /** Initialises SLF4J if it has a provider, which may take long and start threads. Any thread. */
  public static void setUp() {
    new Log(Log.class.getName()).isErrorEnabled();
  }

  /** {@return whether SLF4J has a provider} Initialises SLF4J if it has. Any thread. */
  public static boolean hasProvider() {
    try {
      return new Log(Log.class.getName()).target() != null;
    } catch (Throwable failure) {
      passFatal(failure);
      return false;
    }
  }

  /** Returns the provider's logger, or null if there is no provider. */
  private @Nullable Logger target() {
    Logger known = target;
    if (known == null && Provider.MAY_EXIST) {
      ILoggerFactory factory = LoggerFactory.getILoggerFactory();
      if (!(factory instanceof NOPLoggerFactory) || Provider.MAY_BE_SILENT) {
        known = factory.getLogger(name);
        target = known;
      }
    }
    return known;
  }

  private boolean isEnabled(Level level) {
    try {
      Logger to = target();
      if (to != null) {
        return to.isEnabledForLevel(level);
      }
    } catch (Throwable failure) {
      passFatal(failure);
    }
    return level.toInt() >= Level.WARN.toInt();
  }

  @Override
  public boolean isTraceEnabled() {
    return isEnabled(Level.TRACE);
  }

  @Override
  public boolean isDebugEnabled() {
    return isEnabled(Level.DEBUG);
  }

  @Override
  public boolean isInfoEnabled() {
    return isEnabled(Level.INFO);
  }

  @Override
  public boolean isWarnEnabled() {
    return isEnabled(Level.WARN);
  }

  @Override
  public boolean isErrorEnabled() {
    return isEnabled(Level.ERROR);
  }

  @Override
  protected String getFullyQualifiedCallerName() {
    return BOUNDARY;
  }

  @Override
  protected void handleNormalizedLoggingCall(
      Level level, Marker marker, String pattern, Object[] arguments, Throwable error) {
    Throwable failure = null;
    try {
      Logger to = target();
      if (to instanceof LocationAwareLogger aware) {
        aware.log(marker, BOUNDARY, level.toInt(), pattern, arguments, error);
        return;
      }
      if (to != null) {
        log(to, level, MessageFormatter.basicArrayFormat(pattern, arguments), error);
        return;
      }
    } catch (Throwable thrown) {
      failure = thrown;
    }
    LastResort.print(
        level, name, MessageFormatter.basicArrayFormat(pattern, arguments), error, failure);
    if (failure != null && failure != error) {
      passFatal(failure);
    }
  }

  private static void log(Logger to, Level level, String message, Throwable error) {
    switch (level) {
      case ERROR -> to.error(message, error);
      case WARN -> to.warn(message, error);
      case INFO -> to.info(message, error);
      case DEBUG -> to.debug(message, error);
      default -> to.trace(message, error);
    }
  }

  static void passFatal(Throwable error) {
    if (error instanceof VirtualMachineError fatal && !(error instanceof StackOverflowError)) {
      throw fatal;
    }
  }
}
