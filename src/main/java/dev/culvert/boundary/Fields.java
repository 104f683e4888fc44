package dev.culvert.boundary;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Turns the records of this package into maps of JDK types and back. A field that the other side
 * does not know is left out by the reader; one that it did not send is null, zero or false, so that
 * a newer side can add fields without breaking an older one.
 */
public final class Fields {

  private static final Map<Class<?>, Object> ABSENT =
      Map.of(int.class, 0, long.class, 0L, double.class, 0d, boolean.class, false);

  private Fields() {}

  /** Returns a mutable map of the record's fields by name, in their order. */
  public static Map<String, Object> of(Record value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      try {
        fields.put(component.getName(), component.getAccessor().invoke(value));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("cannot read " + component, e);
      }
    }
    return fields;
  }

  /**
   * Returns a record of the given type.
   *
   * @throws IllegalArgumentException when a field has a value of the wrong type
   */
  public static <T extends Record> T to(Class<T> type, Map<String, Object> fields) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Object value = fields.get(components[i].getName());
      values[i] = value == null ? ABSENT.get(types[i]) : value;
    }
    try {
      Constructor<T> constructor = type.getDeclaredConstructor(types);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "cannot build " + type.getSimpleName() + " of " + fields.keySet(),
          e); // values are secret
    }
  }
}
