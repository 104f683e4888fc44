package dev.culvert.boundary;

import java.util.List;
import java.util.Map;

/**
 * An upstream handshake to be carried out by the host.
 *
 * @param application for the limit on streams
 * @param route for the limit on streams
 * @param maxStreams handshakes and live streams of this route above which the dial is refused; 0 =
 *     no limit
 * @param addresses {@code host:port}, IPv6 hosts in brackets, tried in order until one connects
 * @param heads one request head for each address, complete with the empty line, ISO 8859-1
 * @param tls fields of a {@link TlsSpec} for each address, an empty map for plain TCP; null = all
 *     plain
 * @param proxies fields of a {@link ProxySpec} for each address, an empty map for one that is
 *     reached directly; null = all are
 * @param connectTimeoutMillis for each address, tunnel through a proxy and TLS handshake included,
 *     above 0
 * @param handshakeTimeoutMillis from the start until the response is complete, above 0
 * @param maxHead longest response head in bytes
 * @param maxBody longest body of a response other than 101 that is kept, in bytes
 */
public record DialSpec(
    String application,
    String route,
    int maxStreams,
    List<String> addresses,
    List<byte[]> heads,
    List<Map<String, Object>> tls,
    List<Map<String, Object>> proxies,
    long connectTimeoutMillis,
    long handshakeTimeoutMillis,
    int maxHead,
    int maxBody) {}
