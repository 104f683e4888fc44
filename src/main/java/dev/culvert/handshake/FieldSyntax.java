package dev.culvert.handshake;

import java.util.Optional;
import java.util.function.IntPredicate;

/** What may stand in a header field that is sent on (RFC 9110 section 5). */
final class FieldSyntax {

  private static final String TOKEN_PUNCTUATION = "!#$%&'*+-.^_`|~";

  private FieldSyntax() {}

  /** Whether the text is a token (RFC 9110 section 5.6.2). */
  static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isTokenCharacter(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Why some field must not be sent on; values are not shown, since they may be credentials. */
  static Optional<String> fault(Headers headers) {
    for (Headers.Field field : headers.fields()) {
      Optional<String> fault = fault(field);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> fault(Headers.Field field) {
    if (!isToken(field.name())) {
      return Optional.of(Detail.of("header name", field.name(), "a token"));
    }
    return firstOutside(field.value(), FieldSyntax::isValueCharacter)
        .map(found -> Detail.of(field.name(), found, "no control characters, ISO 8859-1"));
  }

  /** Describes the first character that the predicate does not take. */
  static Optional<String> firstOutside(String text, IntPredicate allowed) {
    for (int i = 0; i < text.length(); i++) {
      if (!allowed.test(text.charAt(i))) {
        return Optional.of("character 0x%02x at %d".formatted((int) text.charAt(i), i));
      }
    }
    return Optional.empty();
  }

  private static boolean isTokenCharacter(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || TOKEN_PUNCTUATION.indexOf(c) >= 0;
  }

  private static boolean isValueCharacter(int c) {
    return c == '\t' || (c >= 0x20 && c <= 0xff && c != 0x7f);
  }
}
