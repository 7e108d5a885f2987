package dev.weft.loop;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The immutable content of a context: variables and their values in turn. Copying a context shares the array. Setting a
 * variable copies the array. Programs have few context variables, so a linear search is faster than a tree.
 */
final class Bindings {

  static final Object[] EMPTY = {};

  private Bindings() {}

  static @Nullable Object get(
      Object[] bindings, ContextVar<?> variable, @Nullable Object otherwise) {
    int at = find(bindings, variable);
    return at < 0 ? otherwise : bindings[at + 1];
  }

  @SuppressWarnings("NullAway") // a variable may have the value null
  static Object[] with(Object[] bindings, ContextVar<?> variable, @Nullable Object value) {
    int at = find(bindings, variable);
    Object[] changed = Arrays.copyOf(bindings, at < 0 ? bindings.length + 2 : bindings.length);
    changed[at < 0 ? bindings.length : at] = variable;
    changed[at < 0 ? bindings.length + 1 : at + 1] = value;
    return changed;
  }

  static Object[] without(Object[] bindings, ContextVar<?> variable) {
    int at = find(bindings, variable);
    if (at < 0) {
      return bindings;
    }
    Object[] changed = Arrays.copyOf(bindings, bindings.length - 2);
    System.arraycopy(bindings, at + 2, changed, at, changed.length - at);
    return changed;
  }

  private static int find(Object[] bindings, ContextVar<?> variable) {
    for (int i = 0; i < bindings.length; i += 2) {
      if (bindings[i] == variable) {
        return i;
      }
    }
    return -1;
  }
}
