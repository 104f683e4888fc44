package dev.culvert.handshake;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How many more intermediaries a request of method {@code OPTIONS} may pass (RFC 9110 section
 * 7.6.2). With other methods the field means nothing and is passed on as it is.
 */
public final class MaxForwards {

  private static final String NAME = "Max-Forwards";
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /** Nobody counts further, and a larger number may be made smaller. */
  private static final int MOST_DIGITS = 9;

  private static final long MOST = 999_999_999;

  private MaxForwards() {}

  /** A refusal with status 400 when it is not clear how many; empty when it is. */
  public static Optional<Refusal> check(ClientRequest request) {
    List<String> values = values(request);
    boolean clear =
        values.isEmpty() || (values.size() == 1 && NUMBER.matcher(values.get(0)).matches());
    return clear
        ? Optional.empty()
        : Optional.of(Refusal.badRequest(Detail.of(NAME, values, "one number")));
  }

  /** Whether a request that {@link #check} has let pass is for us and nobody behind us. */
  public static boolean isSpent(ClientRequest request) {
    return !values(request).isEmpty() && number(request) == 0;
  }

  /** The fields as they are sent on: by one less. */
  static Headers counted(ClientRequest request, Headers headers) {
    return values(request).isEmpty()
        ? headers
        : headers
            .without(Ascii.lower(NAME)::equals)
            .with(NAME, Long.toString(Math.max(0, number(request) - 1)));
  }

  private static List<String> values(ClientRequest request) {
    return request.method().equals("OPTIONS") ? request.headers().values(NAME) : List.of();
  }

  private static long number(ClientRequest request) {
    String digits = values(request).get(0);
    return digits.length() > MOST_DIGITS ? MOST : Long.parseLong(digits);
  }
}
