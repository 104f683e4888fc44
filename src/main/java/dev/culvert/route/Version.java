package dev.culvert.route;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** Reads the version of the WAR from its manifest. */
final class Version {

  private Version() {}

  static String of(ServletContext context) {
    try (InputStream in = context.getResourceAsStream("/META-INF/MANIFEST.MF")) {
      return in == null ? "unknown" : version(new Manifest(in)).orElse("unknown");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<String> version(Manifest manifest) {
    return Optional.ofNullable(
        manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION));
  }
}
