package dev.culvert.route;

import jakarta.servlet.http.HttpUpgradeHandler;
import jakarta.servlet.http.WebConnection;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Receives an upgraded connection from the server, which creates it, and begins the stream. */
public final class TunnelUpgradeHandler implements HttpUpgradeHandler {

  /** What is done with the connection. */
  interface Beginning {
    PortableStream begin(WebConnection connection) throws IOException;
  }

  /** Set before the server's thread leaves the filter; it calls {@link #init} after that. */
  private volatile Beginning beginning;

  private volatile PortableStream stream;

  /** Required by the server. */
  public TunnelUpgradeHandler() {}

  void prepare(Beginning newBeginning) {
    beginning = newBeginning;
  }

  @Override
  public void init(WebConnection connection) {
    try {
      stream = beginning.begin(connection);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void destroy() {
    PortableStream current = stream;
    if (current != null) {
      current.closedByServer();
    }
  }
}
