package dev.culvert.host;

import dev.culvert.boundary.Fields;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/** Shows records of simple fields to JMX clients, which know no records. */
final class Composites {

  private static final Map<Class<?>, SimpleType<?>> TYPES =
      Map.of(
          String.class, SimpleType.STRING,
          boolean.class, SimpleType.BOOLEAN,
          int.class, SimpleType.INTEGER,
          long.class, SimpleType.LONG);

  private Composites() {}

  static <T extends Record> CompositeData[] of(Class<T> type, List<T> records) {
    RecordComponent[] components = type.getRecordComponents();
    String[] names = Arrays.stream(components).map(RecordComponent::getName).toArray(String[]::new);
    OpenType<?>[] types =
        Arrays.stream(components).map(c -> TYPES.get(c.getType())).toArray(OpenType<?>[]::new);
    CompositeData[] data = new CompositeData[records.size()];
    try {
      CompositeType composite =
          new CompositeType(type.getSimpleName(), type.getSimpleName(), names, names, types);
      for (int i = 0; i < data.length; i++) {
        data[i] = new CompositeDataSupport(composite, Fields.of(records.get(i)));
      }
    } catch (OpenDataException e) {
      throw new IllegalStateException("cannot describe " + type, e);
    }
    return data;
  }
}
