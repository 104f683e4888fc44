package dev.culvert.inside;

import dev.culvert.testkit.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Chooses the ports that {@code arquillian.xml} names, once, before Arquillian reads it. */
final class FreePorts implements BeforeAllCallback {

  private static final String HTTP = "inside.http-port";
  private static final String MANAGEMENT = "inside.management-port";

  /** Called in the server as well, where there is nothing to choose any more. */
  @Override
  public void beforeAll(ExtensionContext context) {
    if (System.getProperty("culvert.war") != null) {
      choose(HTTP);
      choose(MANAGEMENT);
    }
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
