package dev.culvert.host.pool;

import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The upstream answered the upgrade with an ordinary response. */
public final class UpgradeRefusedException extends IOException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient Map<String, List<String>> headers;

  /**
   * @param status other than 101
   * @param headers names in lower case
   */
  public UpgradeRefusedException(int status, Map<String, List<String>> headers) {
    super("upgrade: " + status + " (expected: 101)");
    this.status = status;
    this.headers = Map.copyOf(headers);
  }

  /** Status of the response. */
  public int status() {
    return status;
  }

  /** Headers of the response, names in lower case. */
  public Map<String, List<String>> headers() {
    return headers;
  }
}
