package dev.weft.carrier;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/*
 * The JDK has the foreign function API since 22, and Weft is compiled for 21. So this class calls the API by
 * reflection; no other class uses it. A source tree for 22 would read better, but the JVM selects between two versions
 * of a class only in a jar, and tests run from a folder.
 *
 * Linking the first function of a type takes tens of milliseconds. So all functions have one type: six longs. An
 * address is a long, an int is the lower half of a long, and a function with fewer parameters ignores the rest. The
 * calling conventions of all 64-bit platforms that run Linux allow this.
 */

/**
 * Calls functions of the system's C library. Works on JDK 22 or later if native access is enabled for Weft; it is
 * optional. If it is not enabled, this class uses nothing of which the JDK would warn.
 */
public final class NativeCalls {

  private static final int FIRST_RELEASE = 22;
  private static final long ALIGNMENT = 16;

  private static final @Nullable Foreign FOREIGN = isEnabled() ? Foreign.find() : null;

  private NativeCalls() {}

  private static boolean isEnabled() {
    if (Runtime.version().feature() < FIRST_RELEASE) {
      return false; // the API is a preview there
    }
    try {
      return (boolean)
          Module.class.getMethod("isNativeAccessEnabled").invoke(NativeCalls.class.getModule());
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }

  /** {@return whether the rest of this class can be used} Any thread. */
  public static boolean isAvailable() {
    return FOREIGN != null;
  }

  /** A function of the C library that takes up to six integers and addresses, and returns an int. */
  public static final class Function {

    private static final int PARAMETERS = 6;

    private final MethodHandle handle;

    /**
     * Looks up a function.
     *
     * @param name the function's name in the library
     * @throws NoSuchElementException if the library has no such function
     */
    @SuppressWarnings("NullAway") // callers ask isAvailable() first
    public Function(String name) {
      handle = FOREIGN.function(name);
    }

    /**
     * Calls the function. Any thread.
     *
     * @param arguments up to six integers and addresses
     * @return the function's result
     */
    public int call(long... arguments) {
      long[] all = Arrays.copyOf(arguments, PARAMETERS);
      try {
        return (int) handle.invokeExact(all[0], all[1], all[2], all[3], all[4], all[5]);
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }
  }

  /**
   * Returns a variable of the C library that is a pointer. Any thread.
   *
   * @param name the variable's name in the library
   * @return the variable's memory, in native byte order
   * @throws NoSuchElementException if the library has no such variable
   */
  @SuppressWarnings("NullAway") // callers ask isAvailable() first
  public static ByteBuffer pointer(String name) {
    return FOREIGN.pointer(name);
  }

  /** Memory outside the heap. Only the thread that has allocated it may use and free it. */
  public static final class Memory implements AutoCloseable {

    private final AutoCloseable arena;
    private final long address;
    private final ByteBuffer bytes;

    /**
     * Allocates memory, all zero and aligned for every type of C.
     *
     * @param size the number of bytes
     */
    @SuppressWarnings("NullAway") // callers ask isAvailable() first
    public Memory(long size) {
      try {
        arena = (AutoCloseable) FOREIGN.newArena.invokeExact();
        Object segment = FOREIGN.allocate.invokeExact((Object) arena, size, ALIGNMENT);
        address = (long) FOREIGN.addressOf.invokeExact(segment);
        bytes = (ByteBuffer) FOREIGN.bytesOf.invokeExact(segment);
        bytes.order(ByteOrder.nativeOrder());
      } catch (OutOfMemoryError e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    /** {@return the address of the first byte, valid until {@link #close}} */
    public long address() {
      return address;
    }

    /** {@return the memory as a buffer in native byte order, valid until {@link #close}} */
    public ByteBuffer bytes() {
      return bytes;
    }

    /** Frees the memory. */
    @Override
    public void close() {
      try {
        arena.close();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  /** The objects and methods of the API that Weft uses. */
  private static final class Foreign {

    private final Class<?> layout = type("MemoryLayout");
    private final Class<?> segment = type("MemorySegment");
    private final Class<?> linkerType = type("Linker");
    private final Object intLayout = type("ValueLayout").getField("JAVA_INT").get(null);
    private final Object longLayout = type("ValueLayout").getField("JAVA_LONG").get(null);
    private final Object descriptor = descriptor();
    private final Object options = Array.newInstance(type("Linker$Option"), 0);
    private final Object linker = linkerType.getMethod("nativeLinker").invoke(null);
    private final Object symbols = linkerType.getMethod("defaultLookup").invoke(linker);
    private final MethodHandle newArena = handle(type("Arena").getMethod("ofConfined"))
        .asType(MethodType.methodType(AutoCloseable.class));
    private final MethodHandle allocate = handle(
            type("Arena").getMethod("allocate", long.class, long.class))
        .asType(MethodType.methodType(Object.class, Object.class, long.class, long.class));
    private final MethodHandle addressOf = handle(segment.getMethod("address"))
        .asType(MethodType.methodType(long.class, Object.class));
    private final MethodHandle bytesOf = handle(segment.getMethod("asByteBuffer"))
        .asType(MethodType.methodType(ByteBuffer.class, Object.class));

    private Foreign() throws ReflectiveOperationException {}

    private static MethodHandle handle(Method method) throws IllegalAccessException {
      return MethodHandles.publicLookup().unreflect(method);
    }

    static @Nullable Foreign find() {
      try {
        var foreign = new Foreign();
        return foreign.addressSize() == Long.BYTES ? foreign : null;
      } catch (ReflectiveOperationException | LinkageError e) {
        return null; // a system that the JDK has no linker for
      }
    }

    private long addressSize() throws ReflectiveOperationException {
      Object address = type("ValueLayout").getField("ADDRESS").get(null);
      return (long) layout.getMethod("byteSize").invoke(address);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
      return Class.forName("java.lang.foreign." + name);
    }

    private Object symbol(String name) throws ReflectiveOperationException {
      var found =
          (Optional<?>) type("SymbolLookup").getMethod("find", String.class).invoke(symbols, name);
      return found.orElseThrow();
    }

    private Object descriptor() throws ReflectiveOperationException {
      Object parameters = Array.newInstance(layout, Function.PARAMETERS);
      for (int i = 0; i < Function.PARAMETERS; i++) {
        Array.set(parameters, i, longLayout);
      }
      return type("FunctionDescriptor")
          .getMethod("of", layout, parameters.getClass())
          .invoke(null, intLayout, parameters);
    }

    MethodHandle function(String name) {
      try {
        return (MethodHandle) linkerType
            .getMethod("downcallHandle", segment, type("FunctionDescriptor"), options.getClass())
            .invoke(linker, symbol(name), descriptor, options);
      } catch (ReflectiveOperationException e) {
        throw unexpected(e);
      }
    }

    ByteBuffer pointer(String name) {
      try {
        Object known =
            segment.getMethod("reinterpret", long.class).invoke(symbol(name), Long.BYTES);
        return ((ByteBuffer) segment.getMethod("asByteBuffer").invoke(known))
            .order(ByteOrder.nativeOrder());
      } catch (ReflectiveOperationException e) {
        throw unexpected(e);
      }
    }

    private static AssertionError unexpected(ReflectiveOperationException e) {
      return new AssertionError(e instanceof InvocationTargetException ? e.getCause() : e);
    }
  }
}
