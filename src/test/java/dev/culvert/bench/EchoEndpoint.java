package dev.culvert.bench;

import jakarta.websocket.OnMessage;
import jakarta.websocket.server.ServerEndpoint;
import java.nio.ByteBuffer;

/** The least that an application can do with the server's own WebSocket container. */
@ServerEndpoint("/{path}")
public final class EchoEndpoint {

  /** Called by the container. */
  public EchoEndpoint() {}

  /** Sends the message back. */
  @OnMessage
  public ByteBuffer echo(ByteBuffer message) {
    return message;
  }
}
