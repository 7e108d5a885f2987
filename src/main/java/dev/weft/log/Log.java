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
 * The loggers of Weft. They log by SLF4J if it has a provider. Without one, warnings and errors go to System.err with
 * their traces, as asyncio's do by {@code logging.lastResort}, and SLF4J is not set up, so that it prints nothing
 * itself.
 *
 * <p>A logger never throws, but for what ends the JVM's work ({@link VirtualMachineError}): what the provider fails to
 * log goes to System.err, together with the failure. Any thread but a carrier itself.
 */
public final class Log extends LegacyAbstractLogger {

  private static final long serialVersionUID = 1L;

  /** Whose callers are where something is logged, for providers that ask for the place. */
  private static final String BOUNDARY = AbstractLogger.class.getName();

  private transient @Nullable Logger target; // null until SLF4J is asked, and if it has no provider

  private Log(String name) {
    this.name = name;
  }

  /** The logger of a class. Does not set SLF4J up. */
  public static Logger of(Class<?> type) {
    return new Log(type.getName());
  }

  /** Sets SLF4J up, if it has a provider. It may take a while and start threads. */
  public static void setUp() {
    new Log(Log.class.getName()).isErrorEnabled();
  }

  /** Whether SLF4J has a provider. Sets it up then. */
  public static boolean hasProvider() {
    try {
      return new Log(Log.class.getName()).target() != null;
    } catch (Throwable failure) {
      passFatal(failure);
      return false;
    }
  }

  /** The provider's logger; null if there is no provider. */
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
