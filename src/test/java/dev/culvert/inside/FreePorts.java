package dev.culvert.inside;

import dev.culvert.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Chooses the ports that {@code arquillian.xml} names, once, before Arquillian reads it. In the
 * server there is nothing to choose.
 */
final class FreePorts implements BeforeAllCallback {

  private static final String HTTP = "culvert.inside.http-port";
  private static final String MANAGEMENT = "culvert.inside.management-port";

  @Override
  public void beforeAll(ExtensionContext context) {
    choose(HTTP);
    choose(MANAGEMENT);
  }

  private static void choose(String property) {
    if (System.getProperty(property) == null) {
      try {
        System.setProperty(property, Integer.toString(FreePort.find()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
