package dev.culvert.handshake;

import dev.culvert.config.Upstream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;

/** What an upstream is asked to find out whether it is well: without anybody's credential. */
public final class HealthRequest {

  private static final SecureRandom RANDOM = new SecureRandom();

  private HealthRequest() {}

  /**
   * The request's head, complete with the empty line: {@code GET} of the target of the upstream's
   * rules below the path of the address, or else of that; at an address for WebSockets a handshake.
   */
  public static byte[] head(Upstream upstream, Upstream.Address address) {
    String below = upstream.health().path().orElse(address.path().isEmpty() ? "/" : "");
    Headers headers =
        Headers.of("Host", RequestParts.usualAuthority(address), "User-Agent", "Culvert-health");
    Headers all =
        address.scheme().startsWith("ws")
            ? headers.and(webSocket())
            : headers.with("Accept", "*/*").with("Connection", "close");
    return UpstreamRequest.head("GET", address.path() + below, all)
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /** RFC 6455 section 4.1. */
  private static Headers webSocket() {
    byte[] key = new byte[16];
    RANDOM.nextBytes(key);
    return Headers.of(
        "Connection", "Upgrade",
        "Upgrade", "websocket",
        "Sec-WebSocket-Version", "13",
        "Sec-WebSocket-Key", Base64.getEncoder().encodeToString(key));
  }

  /** Whether an answer of that status is what a well upstream gives. */
  public static boolean isPassed(int status) {
    return status == 101 || (status >= 200 && status <= 299);
  }
}
