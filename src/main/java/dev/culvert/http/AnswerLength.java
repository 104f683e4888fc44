package dev.culvert.http;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;

/**
 * How long the body of an answer is by its head, and how much of it has come. Over HTTP/2 the
 * library does not compare them (HttpCore 5.4), and a part would look whole (RFC 9113 section
 * 8.1.1). One thread at a time.
 */
final class AnswerLength {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private final long said;

  /** Whether there is no body whatever the head says (RFC 9110 section 6.4.1). */
  private final boolean bodiless;

  private long received;

  private AnswerLength(long said, boolean bodiless) {
    this.said = said;
    this.bodiless = bodiless;
  }

  /**
   * Looks at a head.
   *
   * @param method of the request
   * @param entity null when no data can come
   * @throws ProtocolException when it says no number, or more than one, or that there is a body
   *     where none can come
   */
  static AnswerLength of(String method, HttpResponse response, EntityDetails entity)
      throws ProtocolException {
    int status = response.getCode();
    boolean bodiless = method.equals("HEAD") || status == 204 || status == 304;
    long said = status == 204 ? -1 : said(response, entity, bodiless);
    if (entity == null && !bodiless && said > 0) {
      throw new ProtocolException("Content-Length: " + said + ", and no body");
    }
    return new AnswerLength(said, bodiless);
  }

  private static long said(HttpResponse response, EntityDetails entity, boolean bodiless)
      throws ProtocolException {
    if (entity != null && entity.getContentLength() >= 0) {
      return entity.getContentLength();
    }
    if (response.containsHeader("Transfer-Encoding") || isDecoded(response, entity)) {
      return -1;
    }
    List<String> values =
        Arrays.stream(response.getHeaders("Content-Length"))
            .map(Header::getValue)
            .distinct()
            .toList();
    if (values.size() == 1 && NUMBER.matcher(values.get(0)).matches()) {
      return Long.parseLong(values.get(0));
    }
    if (values.isEmpty() || bodiless) {
      return -1;
    }
    throw new ProtocolException("Content-Length: " + values + " (expected: one number)");
  }

  /**
   * Whether a supplied client has taken the encoding off: then the length is that of other bytes.
   */
  private static boolean isDecoded(HttpResponse response, EntityDetails entity) {
    return entity != null
        && entity.getContentEncoding() == null
        && response.containsHeader("Content-Encoding");
  }

  /** In bytes; of an answer to a HEAD, and of a 304, what a GET would get; -1 when unknown. */
  long said() {
    return said;
  }

  /** Whether there is no body whatever the head says. */
  boolean isBodiless() {
    return bodiless;
  }

  /** Whether that many bytes more are too many. */
  boolean isExceededBy(int count) {
    received += count;
    long most = bodiless ? 0 : said;
    return most >= 0 && received > most;
  }

  /**
   * All has come.
   *
   * @throws ProtocolException when that is less than was said
   */
  void end() throws ProtocolException {
    if (!bodiless && received < said) {
      throw mismatch();
    }
  }

  /** What has come is not what was said. */
  ProtocolException mismatch() {
    return new ProtocolException(
        "body of " + received + " bytes (expected: " + (bodiless ? 0 : said) + ")");
  }
}
