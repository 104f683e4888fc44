package dev.culvert.route;

import dev.culvert.handshake.ClientRequest;
import dev.culvert.handshake.Headers;
import java.net.InetAddress;
import java.util.Optional;

/** Requests of a client on this machine. */
final class TestRequests {

  private TestRequests() {}

  /** A GET over HTTP/1.1, without query and body. */
  static ClientRequest get(String path, Headers headers) {
    return new ClientRequest(
        "GET",
        path,
        Optional.empty(),
        "HTTP/1.1",
        "http",
        headers,
        InetAddress.getLoopbackAddress(),
        false);
  }
}
