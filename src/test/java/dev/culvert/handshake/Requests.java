package dev.culvert.handshake;

import dev.culvert.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Client requests that differ from a good one in one thing. */
record Requests(
    String method,
    String path,
    Optional<String> query,
    String protocol,
    String scheme,
    Headers headers,
    InetAddress peer,
    boolean hasBody) {

  /** The key and its answer are the example of RFC 6455 section 1.3. */
  static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

  static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  static final List<Cidr> NO_PROXIES = List.of();

  /** 10.0.0.0/8 */
  static final List<Cidr> PRIVATE_PROXIES =
      List.of(new Cidr(List.of((byte) 10, (byte) 0, (byte) 0, (byte) 0), 8));

  static Requests webSocket() {
    return new Requests(
        "GET",
        "/chat/room",
        Optional.empty(),
        "HTTP/1.1",
        "http",
        Headers.of(
            "Host", "gateway.test",
            "Connection", "Upgrade",
            "Upgrade", "websocket",
            "Sec-WebSocket-Version", "13",
            "Sec-WebSocket-Key", KEY),
        address("192.0.2.7"),
        false);
  }

  static Requests upgradeTo(String token) {
    return webSocket()
        .setting("Upgrade", token)
        .dropping("Sec-WebSocket-Key")
        .dropping("Sec-WebSocket-Version");
  }

  /** An ordinary request. */
  static Requests ordinary() {
    return webSocket()
        .dropping("Connection")
        .dropping("Upgrade")
        .dropping("Sec-WebSocket-Version")
        .dropping("Sec-WebSocket-Key");
  }

  static InetAddress address(String text) {
    return IpAddresses.parse(text).orElseThrow();
  }

  Requests method(String value) {
    return new Requests(value, path, query, protocol, scheme, headers, peer, hasBody);
  }

  Requests path(String value) {
    return new Requests(method, value, query, protocol, scheme, headers, peer, hasBody);
  }

  Requests query(String value) {
    return new Requests(method, path, Optional.of(value), protocol, scheme, headers, peer, hasBody);
  }

  Requests protocol(String value) {
    return new Requests(method, path, query, value, scheme, headers, peer, hasBody);
  }

  Requests scheme(String value) {
    return new Requests(method, path, query, protocol, value, headers, peer, hasBody);
  }

  Requests from(String value) {
    return new Requests(method, path, query, protocol, scheme, headers, address(value), hasBody);
  }

  Requests withBody() {
    return new Requests(method, path, query, protocol, scheme, headers, peer, true);
  }

  Requests adding(String name, String value) {
    return headers(headers.with(name, value));
  }

  Requests dropping(String name) {
    return headers(headers.without(lower -> lower.equals(Ascii.lower(name))));
  }

  Requests setting(String name, String value) {
    return dropping(name).adding(name, value);
  }

  Requests headers(Headers value) {
    return new Requests(method, path, query, protocol, scheme, value, peer, hasBody);
  }

  ClientRequest request() {
    return new ClientRequest(method, path, query, protocol, scheme, headers, peer, hasBody);
  }
}
