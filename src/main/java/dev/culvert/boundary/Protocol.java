package dev.culvert.boundary;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/**
 * The version of {@link HostBoundary} that this copy of the package speaks. It stands in a resource
 * and not in a constant, so that each plane tells its own.
 */
public final class Protocol {

  /** Name of the resource, beside this class. */
  public static final String RESOURCE = "protocol.properties";

  private Protocol() {}

  /**
   * Reads the version.
   *
   * @throws IllegalStateException when the resource is missing
   */
  public static int version() {
    try (InputStream in = Protocol.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(
            RESOURCE + " is missing beside " + Protocol.class.getName());
      }
      Properties properties = new Properties();
      properties.load(in);
      return Integer.parseInt(properties.getProperty("protocol").strip());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
