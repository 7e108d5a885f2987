package dev.weft.testkit;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/** The SLF4J provider of the tests (META-INF/services): all loggers write to {@link LogCapture}. */
public final class LogCaptureProvider implements SLF4JServiceProvider {
  private final ConcurrentHashMap<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter mdc = new NOPMDCAdapter();

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> loggers.computeIfAbsent(name, CapturingLogger::new);
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return mdc;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99"; // any 2.0 version, by SLF4J's convention
  }

  @Override
  public void initialize() {}

  private static final class CapturingLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    CapturingLogger(String name) {
      this.name = name;
    }

    @Override
    public boolean isTraceEnabled() {
      return LogCapture.isEnabled(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return LogCapture.isEnabled(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return LogCapture.isEnabled(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return LogCapture.isEnabled(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return LogCapture.isEnabled(Level.ERROR);
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable throwable) {
      var message = MessageFormatter.basicArrayFormat(pattern, arguments);
      LogCapture.log(new LogCapture.Event(level, name, message, Optional.ofNullable(throwable)));
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return null; // no test needs the caller's location
    }
  }
}
