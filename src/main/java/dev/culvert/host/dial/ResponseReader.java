package dev.culvert.host.dial;

import dev.culvert.host.dial.ResponseHead.Malformed;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Collects an upstream's response, after interim ones. A 101 is complete with its head. For one
 * thread at a time.
 */
final class ResponseReader {

  private final HeadReader heads;
  private final InterimResponses interim = new InterimResponses();
  private final int maxBody;

  /** The last one; null before the first. */
  private ResponseHead head;

  /** Null until the final head has been read. */
  private BodyReader body;

  /**
   * @param maxHead longest head that is taken, in bytes
   * @param maxBody of a longer body the rest is cut off
   */
  ResponseReader(int maxHead, int maxBody) {
    this.heads = new HeadReader(maxHead);
    this.maxBody = maxBody;
  }

  /**
   * Reads on; what follows the response is left.
   *
   * @return whether the response is complete
   */
  boolean read(ByteBuffer bytes) throws Malformed {
    while (bytes.hasRemaining() && !isComplete()) {
      if (body == null) {
        readHead(bytes);
      } else {
        body.read(bytes);
      }
    }
    return isComplete();
  }

  private void readHead(ByteBuffer bytes) throws Malformed {
    Optional<ResponseHead> read = heads.read(bytes);
    if (read.isPresent()) {
      head = read.get();
      boolean hasBody = !interim.includes(head) && !head.isSwitch();
      body = hasBody ? BodyReader.of(head, maxBody) : null;
    }
  }

  private boolean isComplete() {
    return body == null ? isSwitch() : body.complete();
  }

  /** Whether the upstream has agreed to another protocol. */
  boolean isSwitch() {
    return head != null && head.isSwitch();
  }

  /** Tells that the upstream has closed; whether the response is whole. */
  boolean endOfInput() {
    return body != null && body.endOfInput();
  }

  /** Whether anything of it has come. */
  boolean hasBegun() {
    return head != null || heads.hasBegun();
  }

  /** The head of a response that is complete. */
  ResponseHead head() {
    return head;
  }

  /** What was kept of the body. */
  byte[] body() {
    return body == null ? new byte[0] : body.body();
  }

  boolean isCut() {
    return body != null && body.cut();
  }
}
