package dev.culvert.endpoint;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Optional;

/** Looks for fields of a server's classes. */
final class Fields {

  private Fields() {}

  /** The field of that name in a class or, failing that, in the nearest superclass. */
  static Optional<Field> find(Class<?> type, String name) {
    for (Class<?> each = type; each != null; each = each.getSuperclass()) {
      Optional<Field> field =
          Arrays.stream(each.getDeclaredFields()).filter(f -> f.getName().equals(name)).findAny();
      if (field.isPresent()) {
        return field;
      }
    }
    return Optional.empty();
  }
}
