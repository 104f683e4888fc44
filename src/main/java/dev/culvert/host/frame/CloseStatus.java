package dev.culvert.host.frame;

import java.nio.charset.StandardCharsets;

/**
 * Code and reason of a close frame (RFC 6455 section 7.4).
 *
 * @param code 1005 when the frame had no body
 * @param reason empty when there was none
 */
public record CloseStatus(int code, String reason) {

  public static final int GOING_AWAY = 1001;
  public static final int PROTOCOL_ERROR = 1002;
  public static final int POLICY_VIOLATION = 1008;
  public static final int TOO_BIG = 1009;

  /** Stands for "no code was in the frame"; never sent. */
  public static final int NO_STATUS = 1005;

  /** Stands for "the connection ended without a close frame"; never sent. */
  public static final int ABNORMAL = 1006;

  private static final int LONGEST_REASON = 123;

  /** The connection ended without a close frame. */
  public static final CloseStatus WITHOUT_FRAME = new CloseStatus(ABNORMAL, "");

  /**
   * A status that may be sent.
   *
   * @throws IllegalArgumentException when the code may not stand in a frame, or the reason is
   *     longer than 123 bytes
   */
  public static CloseStatus sendable(int code, String reason) {
    boolean defined = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    if (!defined && (code < 3000 || code > 4999)) {
      throw new IllegalArgumentException(
          "close code: " + code + " (expected: 1000 to 1003, 1007 to 1014, or 3000 to 4999)");
    }
    int length = reason.getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_REASON) {
      throw new IllegalArgumentException(
          "close reason: " + length + " bytes (expected: at most " + LONGEST_REASON + ")");
    }
    return new CloseStatus(code, reason);
  }
}
