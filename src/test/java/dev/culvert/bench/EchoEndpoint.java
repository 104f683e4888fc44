package dev.culvert.bench;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;

/** The least that an application can do with the server's own WebSocket container. */
@ServerEndpoint("/{path}")
public final class EchoEndpoint {

  /** Called by the container. */
  public EchoEndpoint() {}

  /**
   * Sends the message back. As an array: Undertow takes the memory of a buffer back when the method
   * returns, while the echo may still be on its way.
   */
  @OnMessage
  public byte[] echo(byte[] message) {
    return message;
  }
}
