package dev.culvert.endpoint;

import java.nio.charset.StandardCharsets;

/** Codes of close frames (RFC 6455 section 7.4) and what becomes of them on the other side. */
public final class CloseCodes {

  public static final int NORMAL = 1000;
  public static final int GOING_AWAY = 1001;
  public static final int PROTOCOL_ERROR = 1002;

  /** Stands for "no code was in the frame"; never sent. */
  public static final int NO_STATUS = 1005;

  /** Stands for "the connection ended without a close frame"; never sent. */
  public static final int ABNORMAL = 1006;

  public static final int WRONG_TYPE = 1003;
  public static final int BAD_DATA = 1007;
  public static final int POLICY_VIOLATION = 1008;
  public static final int TOO_BIG = 1009;
  public static final int UNEXPECTED = 1011;
  public static final int RESTART = 1012;

  private static final int LONGEST_REASON = 123;

  private CloseCodes() {}

  /** Whether a code may stand in a close frame. */
  public static boolean isSendable(int code) {
    boolean defined = code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006;
    return defined || (code >= 3000 && code <= 4999);
  }

  /**
   * The code that tells the upstream how the client ended: a client without a word has gone away.
   */
  public static int towardsUpstream(int ofClient) {
    return mapped(ofClient, GOING_AWAY);
  }

  /**
   * The code that tells the client how the upstream ended: of an upstream without a word the client
   * learns that this server cannot go on.
   */
  public static int towardsClient(int ofUpstream) {
    return mapped(ofUpstream, UNEXPECTED);
  }

  private static int mapped(int code, int otherwise) {
    if (code == NO_STATUS) {
      return NORMAL;
    }
    return isSendable(code) ? code : otherwise;
  }

  /** A reason that fits a close frame: at most 123 bytes of UTF-8, cut between characters. */
  public static String fitting(String reason) {
    int end = Math.min(reason.length(), LONGEST_REASON);
    while (reason.substring(0, end).getBytes(StandardCharsets.UTF_8).length > LONGEST_REASON) {
      end--;
    }
    if (end > 0 && end < reason.length() && Character.isHighSurrogate(reason.charAt(end - 1))) {
      end--;
    }
    return reason.substring(0, end);
  }
}
