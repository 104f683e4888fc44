package dev.culvert.host.relay;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.StreamSpec;
import java.util.Map;

/** Specifications of streams: none of the limits set, but for what a test sets. */
public final class Specs {

  private Specs() {}

  /** A WebSocket stream; names and values of fields in turn. */
  public static StreamSpec webSocket(Object... fields) {
    return with(true, fields);
  }

  /** An opaque stream; names and values of fields in turn. */
  public static StreamSpec opaque(Object... fields) {
    return with(false, fields);
  }

  private static StreamSpec with(boolean webSocket, Object... overrides) {
    StreamSpec defaults =
        new StreamSpec(
            "app",
            "route",
            "up",
            "up:1",
            webSocket,
            false,
            0,
            0,
            10_000,
            0,
            0,
            0,
            0,
            0,
            0,
            "",
            "",
            "",
            "dev.culvert.stream",
            "DEBUG",
            true,
            false,
            "",
            "");
    Map<String, Object> fields = Fields.of(defaults);
    for (int i = 0; i < overrides.length; i += 2) {
      if (fields.put((String) overrides[i], overrides[i + 1]) == null) {
        throw new IllegalArgumentException("no such field: " + overrides[i]);
      }
    }
    return Fields.to(StreamSpec.class, fields);
  }
}
