package dev.culvert.config;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * A proxy through which upstreams are reached.
 *
 * @param host name or IP address, IPv6 in brackets
 * @param port 1 to 65535
 * @param login what it asks for, if anything
 */
public record ForwardProxy(String host, int port, Optional<Login> login) {

  /** The authority to connect to: {@code host:port}. */
  public String authority() {
    return host + ":" + port;
  }

  /** The value of {@code Proxy-Authorization} (RFC 7617 section 2, in UTF-8); a secret. */
  public Optional<String> authorization() {
    return login.map(ForwardProxy::basic);
  }

  private static String basic(Login login) {
    byte[] pair = (login.user() + ":" + login.password()).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(pair);
  }
}
