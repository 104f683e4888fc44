package dev.culvert.http;

import java.time.Duration;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * How long a connection that must be made for a request may take.
 *
 * @param connect for one address, tunnel and TLS included; and for its name, and for a place under
 *     the cap of connections
 * @param tls for one TLS handshake
 */
public record Timeouts(Duration connect, Duration tls) {

  private static final String ATTRIBUTE = "dev.culvert.timeouts";

  void into(HttpContext context) {
    context.setAttribute(ATTRIBUTE, this);
  }

  /** Those of a request; others than ours have none. */
  static Timeouts of(HttpContext context, Timeouts otherwise) {
    return context != null && context.getAttribute(ATTRIBUTE) instanceof Timeouts timeouts
        ? timeouts
        : otherwise;
  }
}
