package dev.culvert.meter;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Finds the server's metrics API. */
public final class Meters {

  private static final Logger LOG = System.getLogger("dev.culvert.meter");

  private Meters() {}

  /** Returns a meter over the API that the server has, or one that shows nothing. */
  public static Meter find() {
    try {
      return new MicroProfileMeter();
    } catch (LinkageError | RuntimeException e) {
      LOG.log(
          Level.INFO,
          "CULVERT-M001 no MicroProfile Metrics here, counts are shown over JMX only: {0}",
          e.toString());
      return new NoMeter();
    }
  }
}
