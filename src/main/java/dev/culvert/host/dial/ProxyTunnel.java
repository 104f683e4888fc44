package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is said to a forward proxy before the upstream is spoken to through it ({@code CONNECT}, RFC
 * 9110 section 9.3.6). The proxy looks the upstream's name up. For one thread at a time.
 */
public final class ProxyTunnel {

  /** Longest response head of a proxy, in bytes. */
  private static final int MAX_HEAD = 16 * 1024;

  /** The proxy has answered, and there is no tunnel. */
  public static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  private final String target;
  private final String authorization;
  private final HeadReader answer = new HeadReader(MAX_HEAD);
  private final InterimResponses interim = new InterimResponses();

  /**
   * A tunnel that has not been asked for.
   *
   * @param target {@code host:port} of the upstream, an IPv6 host in brackets
   * @param authorization value of {@code Proxy-Authorization}; empty or null = none is sent
   */
  public ProxyTunnel(String target, String authorization) {
    this.target = target;
    this.authorization = authorization == null ? "" : authorization;
  }

  /** The request head. */
  public ByteBuffer request() {
    String login = authorization.isEmpty() ? "" : "Proxy-Authorization: " + authorization + "\r\n";
    String head = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + login + "\r\n";
    return ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1));
  }

  /**
   * Reads what the proxy says. A status of 2xx is the last thing: no body belongs to it, and what
   * is left of the bytes has come from the upstream.
   *
   * @return whether the tunnel is there
   * @throws Refused when there will be none
   */
  public boolean read(ByteBuffer bytes) throws Refused {
    try {
      while (bytes.hasRemaining()) {
        Optional<ResponseHead> head = answer.read(bytes);
        if (head.isPresent() && !interim.includes(head.get())) {
          refuseUnlessMade(head.get().status());
          return true;
        }
      }
      return false;
    } catch (Malformed e) {
      throw new Refused("the proxy's answer: " + e.getMessage());
    }
  }

  private static void refuseUnlessMade(int status) throws Refused {
    if (status / 100 != 2) {
      throw new Refused("the proxy answered " + status + " (expected: 2xx)");
    }
  }

  /** The fault of a proxy that has closed the connection before there was a tunnel. */
  public IOException ended() {
    return new EOFException(
        answer.hasBegun()
            ? "the proxy closed in the middle of its answer"
            : "the proxy closed without an answer");
  }
}
