package dev.culvert.handshake;

import dev.culvert.config.HeaderNames;
import dev.culvert.config.HeaderRules;
import java.util.Set;
import java.util.function.Predicate;

/** The fields after the body of a request or a response (RFC 9110 section 6.5). */
public final class Trailers {

  /** Who reads them as if they came in the head would be deceived (section 6.5.1). */
  private static final Set<String> ABOUT_THE_HEAD =
      Set.of(
          "authorization",
          "content-encoding",
          "content-range",
          "content-type",
          "cookie",
          "expect",
          "host",
          "range",
          "set-cookie",
          "www-authenticate");

  private Trailers() {}

  /**
   * The fields that may be passed on; none when one of them cannot be sent.
   *
   * @param rules of the route, for the headers of the same message: what they take away or set does
   *     not come in this way either
   */
  public static Headers passedOn(Headers received, HeaderRules rules) {
    return passedOn(received, rules, name -> false);
  }

  /**
   * The same.
   *
   * @param ours folded names of further fields that the gateway decides on
   */
  public static Headers passedOn(Headers received, HeaderRules rules, Predicate<String> ours) {
    Set<String> ruled = rules.replaced();
    Predicate<String> kept =
        folded ->
            ABOUT_THE_HEAD.contains(folded)
                || Forwarding.isOfProxies(folded)
                || ruled.contains(folded)
                || ours.test(folded);
    Headers passed = HopByHop.remove(received).without(name -> kept.test(HeaderNames.folded(name)));
    return FieldSyntax.fault(passed).isPresent() ? Headers.NONE : passed;
  }
}
