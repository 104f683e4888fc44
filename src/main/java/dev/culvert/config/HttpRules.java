package dev.culvert.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How a route in mode {@link Route.Mode#HTTP} treats requests.
 *
 * @param connectTimeout for one address, tunnel and TLS included; empty = {@link
 *     Settings#connectTimeout()}
 * @param tlsTimeout for one TLS handshake; empty = {@link TransportRules#tlsTimeout()}
 * @param responseTimeout from the end of the request to the head of the response; zero = none
 * @param maxRequest largest body of a request in bytes; 0 = no limit
 * @param maxResponse largest body of a response in bytes; 0 = no limit
 */
public record HttpRules(
    Optional<Duration> connectTimeout,
    Optional<Duration> tlsTimeout,
    Duration responseTimeout,
    long maxRequest,
    long maxResponse) {

  /** What holds unless said otherwise: no limits. */
  public static final HttpRules DEFAULTS =
      new HttpRules(Optional.empty(), Optional.empty(), Duration.ZERO, 0, 0);
}
