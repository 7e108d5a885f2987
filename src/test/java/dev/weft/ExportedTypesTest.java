package dev.weft;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Member;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The public API names only types that a user of the module can see. */
class ExportedTypesTest {

  private static final Path CLASSES = Path.of(URI.create(
      Asyncio.class.getProtectionDomain().getCodeSource().getLocation().toString()));

  private final Set<String> hidden = new TreeSet<>();
  private Set<String> exported = Set.of();

  @Test
  @DisplayName("each type in a public signature is public and in an exported package")
  void signatures() throws Exception {
    try (var descriptor = Files.newInputStream(CLASSES.resolve("module-info.class"))) {
      exported = ModuleDescriptor.read(descriptor).exports().stream()
          .filter(exports -> !exports.isQualified())
          .map(Exports::source)
          .collect(Collectors.toSet());
    }
    List<Class<?>> types = new ArrayList<>();
    for (String name : exported) {
      try (Stream<Path> files = Files.list(CLASSES.resolve(name.replace('.', '/')))) {
        for (String file : files.map(Path::getFileName).map(Path::toString).toList()) {
          if (file.endsWith(".class")) {
            types.add(Class.forName(name + "." + file.replace(".class", "")));
          }
        }
      }
    }
    types.removeIf(type -> !isVisible(type));
    assertFalse(types.isEmpty());

    types.forEach(this::checkType);

    assertEquals(Set.of(), hidden);
  }

  private boolean isVisible(Class<?> type) {
    Class<?> outer = type.getDeclaringClass();
    return type.isPrimitive()
        || !type.getName().startsWith("dev.weft.")
        || isOpen(type.getModifiers())
            && exported.contains(type.getPackageName())
            && (outer == null || isVisible(outer));
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void checkType(Class<?> type) {
    for (TypeVariable<?> variable : type.getTypeParameters()) {
      check(type, variable.getBounds());
    }
    check(type, type.getGenericInterfaces());
    for (Field field : type.getDeclaredFields()) {
      checkMember(field, field.getGenericType());
    }
    Stream.<Executable>concat(
            Stream.of(type.getDeclaredMethods()), Stream.of(type.getDeclaredConstructors()))
        .forEach(this::checkCall);
  }

  private void checkCall(Executable call) {
    checkMember(call, call.getGenericParameterTypes());
    checkMember(call, call.getGenericExceptionTypes());
    checkMember(call, call.getAnnotatedReturnType().getType());
    for (TypeVariable<?> variable : call.getTypeParameters()) {
      checkMember(call, variable.getBounds());
    }
  }

  private void checkMember(Member member, Type... types) {
    if (isOpen(member.getModifiers()) && !member.isSynthetic()) {
      check(member, types);
    }
  }

  private void check(Object where, Type... types) {
    for (Type type : types) {
      if (type instanceof Class<?> named) {
        Class<?> element = named.isArray() ? named.getComponentType() : named;
        if (!isVisible(element)) {
          hidden.add(element.getName() + " in " + where);
        }
      } else if (type instanceof ParameterizedType generic) {
        check(where, generic.getRawType());
        check(where, generic.getActualTypeArguments());
      } else if (type instanceof GenericArrayType array) {
        check(where, array.getGenericComponentType());
      } else if (type instanceof WildcardType wildcard) {
        check(where, wildcard.getUpperBounds());
        check(where, wildcard.getLowerBounds());
      }
    }
  }
}
