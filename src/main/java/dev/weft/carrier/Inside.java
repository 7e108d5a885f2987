package dev.weft.carrier;

import dev.weft.log.Log;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodHandles.Lookup;
import java.lang.reflect.Constructor;

/**
 * Gives access to the JDK's internals: lookups with the access that a class of the JDK has to itself.
 *
 * <p>If a flag or a manifest opens the package to Weft, the public API of lookups gives the access. Otherwise the
 * reflection factory of module {@code jdk.unsupported} makes the constructor of lookups accessible. Libraries for
 * serialization use that factory. It serves any constructor, and the JDK prints no warning. So Weft works as a plain
 * dependency and opens no package to other code. {@code -Dweft.flagless=false} forbids this second way. A later JDK may
 * close it; then Weft needs the flag.
 */
final class Inside {

  static final String PROPERTY = "weft.flagless";

  private Inside() {}

  /**
   * Returns a lookup with full access to a class and its package. It must not leave this package.
   *
   * @throws IllegalAccessException if the package is not open to Weft and there is no other way; the message says why
   */
  static Lookup of(Class<?> type) throws IllegalAccessException {
    Module own = Inside.class.getModule();
    if (type.getModule().isOpen(type.getPackageName(), own)) {
      return MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    }
    String closed =
        type.getModule().getName() + "/" + type.getPackageName() + " is not open to " + own;
    switch (System.getProperty(PROPERTY, "true")) {
      case "true" -> {
        try {
          return (Lookup)
              accessible(Lookup.class.getDeclaredConstructor(Class.class)).newInstance(type);
        } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
          throw (IllegalAccessException) new IllegalAccessException(
                  closed + ", and Java " + Runtime.version() + " has no other way")
              .initCause(e);
        }
      }
      case "false" ->
        throw new IllegalAccessException(
            closed + ", and -D" + PROPERTY + "=false forbids the other way");
      default ->
        throw new IllegalAccessException(closed + ", and the system property " + PROPERTY
            + " must be true or false, not '" + System.getProperty(PROPERTY) + "'");
    }
  }

  /** Logs that Weft runs without the flag, if it does and SLF4J has a provider. */
  static void tell() {
    Module own = Inside.class.getModule();
    if (!Object.class.getModule().isOpen("java.lang", own)
        && System.getProperty(PROPERTY, "true").equals("true")
        && Log.hasProvider()) {
      Log.of(Inside.class)
          .info(
              "java.lang is not open to Weft, which uses another way in. A later Java may close that way. To be"
                  + " independent of it, start Java with --add-opens java.base/java.lang="
                  + MissingFlag.target(own)
                  + ". To forbid it, start Java with -D" + PROPERTY + "=false.");
    }
  }

  /** Uses reflection, because javac's warning about the factory cannot be suppressed. */
  private static Constructor<?> accessible(Constructor<?> hidden)
      throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.reflect.ReflectionFactory");
    Object factory = type.getMethod("getReflectionFactory").invoke(null);
    return (Constructor<?>)
        type.getMethod("newConstructorForSerialization", Class.class, Constructor.class)
            .invoke(factory, hidden.getDeclaringClass(), hidden);
  }
}
