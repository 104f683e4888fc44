package dev.culvert.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A kind of key, such as {@code culvert.routes.<name>.headers.request.set.<header>}. */
final class KeyTemplate {

  private static final String NAME = "<name>";
  private static final String HEADER = "<header>";

  /** Which segment of a key the name is. */
  private static final int NAME_INDEX = 2;

  private final String text;
  private final Pattern key;
  private final Pattern variable;

  KeyTemplate(String text) {
    this.text = text;
    this.key = pattern(text, UnaryOperator.identity(), "[^.]+", ".+");
    this.variable = pattern(text, KeyTemplate::variableOf, "[A-Z0-9_]+?", "[A-Z0-9_]+");
  }

  /**
   * The environment variable in which MicroProfile Config looks for a key: everything but letters
   * and digits becomes an underscore, letters become capitals (MicroProfile Config 3.1,
   * "Environment Variables Mapping Rules").
   */
  static String variableOf(String key) {
    StringBuilder variable = new StringBuilder(key.toUpperCase(Locale.ROOT));
    for (int i = 0; i < variable.length(); i++) {
      char c = variable.charAt(i);
      if ((c < 'A' || c > 'Z') && (c < '0' || c > '9')) {
        variable.setCharAt(i, '_');
      }
    }
    return variable.toString();
  }

  boolean isNamed() {
    return text.contains(NAME);
  }

  boolean hasHeader() {
    return text.contains(HEADER);
  }

  /** Whether values are secret: those of headers, and passwords. */
  boolean isSecret() {
    return hasHeader() || text.endsWith("-password");
  }

  /** Whether all keys of this kind begin with the prefix. */
  boolean isBelow(String prefix) {
    return text.startsWith(prefix);
  }

  boolean matches(String dotted) {
    return key.matcher(dotted).matches();
  }

  /** What the name and the header of the environment variable are, when it is of this kind. */
  Optional<Parts> parse(String environmentVariable) {
    Matcher matcher = variable.matcher(environmentVariable);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new Parts(
            this,
            isNamed() ? matcher.group("name") : "",
            hasHeader() ? matcher.group("header") : ""));
  }

  /** The key of this kind that has the given name and header, where it has them. */
  String with(String name, String header) {
    return text.replace(NAME, name).replace(HEADER, header);
  }

  /** The key of this kind that has the name and the header at the places where the given has. */
  String shapedLike(String key) {
    String[] segments = key.split("\\.", -1);
    String name = segments.length > NAME_INDEX ? segments[NAME_INDEX] : "";
    int header = text.substring(0, Math.max(0, text.indexOf(HEADER))).split("\\.", -1).length - 1;
    return with(
        name,
        segments.length > header
            ? String.join(".", List.of(segments).subList(header, segments.length))
            : "");
  }

  /** A variable taken apart; name and header are empty where the template has none. */
  record Parts(KeyTemplate template, String name, String header) {}

  private static Pattern pattern(
      String text, UnaryOperator<String> literal, String name, String header) {
    StringBuilder regex = new StringBuilder();
    for (String part : text.split("(?=<)|(?<=>)", -1)) {
      switch (part) {
        case NAME -> regex.append("(?<name>").append(name).append(')');
        case HEADER -> regex.append("(?<header>").append(header).append(')');
        default -> regex.append(Pattern.quote(literal.apply(part)));
      }
    }
    return Pattern.compile(regex.toString());
  }
}
