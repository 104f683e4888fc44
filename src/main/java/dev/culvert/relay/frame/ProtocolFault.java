package dev.culvert.relay.frame;

import java.io.IOException;

/** The upstream broke the WebSocket protocol; its connection has to be failed. */
public final class ProtocolFault extends IOException {

  private static final long serialVersionUID = 1;

  private final int code;

  ProtocolFault(int code, String message) {
    super(message);
    this.code = code;
  }

  /** The close code for the upstream: 1002 or 1007. */
  public int code() {
    return code;
  }
}
