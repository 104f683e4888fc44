package dev.culvert.it;

import dev.culvert.testkit.Application;
import dev.culvert.testkit.ResponseHead;
import dev.culvert.testkit.SecureServer;
import dev.culvert.testkit.TestServer;
import dev.culvert.testkit.Upgrades;
import dev.culvert.testkit.Wire;
import java.io.IOException;

/** Requests of tests to an application, over connections of which every byte is in their hands. */
record Client(TestServer server, int port, String contextPath, Connector connector) {

  /** Makes a connection to a port of the server. */
  interface Connector {
    Wire connect(int port) throws IOException;
  }

  /** Talks to the plain listener. */
  Client(TestServer server, String contextPath) {
    this(server, server.port(), contextPath, Wire::connect);
  }

  /** Talks to the plain listener. */
  Client(Application application) {
    this(application.server(), application.contextPath());
  }

  /** Talks to the https listener, with one version of TLS. */
  static Client secure(Application application, SecureServer server, String protocol) {
    return new Client(
        application.server(),
        server.tlsPort(),
        application.contextPath(),
        port -> Wire.connect(port).secured(server.clientContext(), protocol));
  }

  /** A connection on which nothing has been sent. */
  Wire connect() throws IOException {
    return connector.connect(port);
  }

  /** The head of an ordinary request; each of the fields ends with its line. */
  String head(String method, String path, String fields) {
    return method + " " + contextPath + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n";
  }

  /** Sends the {@link #head} of an ordinary request. */
  Wire send(String method, String path, String fields) throws IOException {
    return connect().send(head(method, path, fields));
  }

  /** The head of a request to upgrade. */
  String request(String path, String token, String... fields) {
    return Upgrades.request(port, contextPath + path, token, fields);
  }

  /** Sends a request to upgrade. */
  Wire ask(String path, String token, String... fields) throws IOException {
    return connect().send(request(path, token, fields));
  }

  /**
   * Opens a stream.
   *
   * @throws IllegalStateException when the answer is not a 101
   */
  Wire open(String path, String token, String... fields) throws IOException {
    Wire wire = ask(path, token, fields);
    ResponseHead head = wire.readResponse();
    if (head.status() != 101) {
      throw new IllegalStateException("answer: " + head + " (expected: 101)");
    }
    return wire;
  }
}
