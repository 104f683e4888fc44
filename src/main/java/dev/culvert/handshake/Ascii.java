package dev.culvert.handshake;

/**
 * Case folding of ASCII letters only. The folding of {@link String} maps letters such as the Kelvin
 * sign to ASCII ones, so that names could compare equal here and differ on the wire.
 */
final class Ascii {

  private Ascii() {}

  static String lower(String text) {
    StringBuilder lower = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      lower.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
    }
    return lower.toString();
  }

  static boolean equalIgnoringCase(String one, String other) {
    return one.length() == other.length() && lower(one).equals(lower(other));
  }
}
