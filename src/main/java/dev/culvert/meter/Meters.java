package dev.culvert.meter;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Finds the server's metrics API. */
public final class Meters {

  private static final Logger LOG = System.getLogger("dev.culvert.meter");

  private Meters() {}

  /**
   * Returns a meter over the first API that the server has, or one that shows nothing. A class that
   * names an API is loaded when it is tried, and not before.
   */
  public static Meter find() {
    Map<String, Supplier<Meter>> known = new LinkedHashMap<>();
    known.put("MicroProfile Metrics", () -> new MicroProfileMeter());
    known.put("Micrometer", () -> new MicrometerMeter());
    Map<String, String> absent = new LinkedHashMap<>();
    for (Map.Entry<String, Supplier<Meter>> api : known.entrySet()) {
      try {
        return api.getValue().get();
      } catch (LinkageError | RuntimeException e) {
        absent.put(api.getKey(), e.toString());
      }
    }
    LOG.log(
        Level.INFO,
        "CULVERT-M001 no metrics API here, counts are shown at /admin/metrics and over JMX: {0}",
        absent);
    return new NoMeter();
  }
}
