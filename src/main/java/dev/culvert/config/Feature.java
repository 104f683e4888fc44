package dev.culvert.config;

import java.util.Locale;

/**
 * A property of a request by which requests are told apart.
 *
 * @param kind where it is found
 * @param name of the header, in lower case, or of the cookie; empty for the other kinds
 */
public record Feature(Kind kind, String name) {

  /** Where a property is found. */
  public enum Kind {
    /** The first value of a request header. */
    HEADER,
    /** The value of a cookie. */
    COOKIE,
    /** The address of the client, trusted proxies seen through. */
    CLIENT,
    /** The name of the authenticated caller. */
    USER
  }

  /** {@code header:<Name>}, {@code cookie:<Name>}, {@code client} or {@code user}. */
  static Feature parse(String text) {
    if (text.equals("client")) {
      return new Feature(Kind.CLIENT, "");
    }
    if (text.equals("user")) {
      return new Feature(Kind.USER, "");
    }
    int colon = text.indexOf(':');
    String name = text.substring(colon + 1);
    if (colon > 0 && Words.isToken(name)) {
      if (text.startsWith("header:")) {
        return new Feature(Kind.HEADER, name.toLowerCase(Locale.ROOT));
      }
      if (text.startsWith("cookie:")) {
        return new Feature(Kind.COOKIE, name);
      }
    }
    throw BadValueException.expected("header:<Name> | cookie:<Name> | client | user");
  }
}
