package dev.culvert.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What stands in the query of a request, in UTF-8. Servers read it each in its own way: they take
 * other charsets, or leave out what they cannot read, and then a request is about more than was
 * meant.
 *
 * @param values by name, in the order of the request
 * @param fault what cannot be read, or comes where nothing is looked for; empty when nothing does
 */
record Parameters(Map<String, List<String>> values, Optional<String> fault) {

  /** Those of a request. */
  static Parameters of(HttpServletRequest request) {
    Map<String, List<String>> values = new TreeMap<>();
    if (request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null) {
      return new Parameters(
          values, Optional.of("body: present (expected: none, parameters stand in the query)"));
    }
    String query = request.getQueryString();
    if (query == null || query.isEmpty()) {
      return new Parameters(values, Optional.empty());
    }
    try {
      for (String pair : query.split("&", -1)) {
        int equals = pair.indexOf('=');
        String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
        values.computeIfAbsent(name, each -> new ArrayList<>()).add(value);
      }
      return new Parameters(values, Optional.empty());
    } catch (IllegalArgumentException e) {
      return new Parameters(
          values, Optional.of("query: " + e.getMessage() + " (expected: encoded as in a URL)"));
    }
  }

  /** What is wrong with them where these must stand there, once each, and no others. */
  Optional<String> faultUnless(List<String> expected) {
    Optional<String> unknown =
        values.keySet().stream()
            .filter(name -> !expected.contains(name))
            .map(name -> name + ": unknown (expected: " + named(expected) + ")")
            .findFirst();
    Optional<String> wrong =
        expected.stream()
            .filter(name -> !isOne(values.getOrDefault(name, List.of())))
            .map(
                name ->
                    name
                        + ": "
                        + values.getOrDefault(name, List.of()).size()
                        + " (expected: one name)")
            .findFirst();
    return fault.or(() -> unknown).or(() -> wrong);
  }

  private static String named(List<String> names) {
    return names.isEmpty() ? "none" : String.join(", ", names);
  }

  private static boolean isOne(List<String> given) {
    return given.size() == 1 && !given.get(0).isEmpty();
  }

  /** The first value of a name that is there. */
  String first(String name) {
    return values.get(name).get(0);
  }

  /** Nothing is put in the place of what is no UTF-8, as decoders of URLs do. */
  private static String decoded(String text) {
    byte[] bytes = URLDecoder.decode(text, ISO_8859_1).getBytes(ISO_8859_1);
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("no UTF-8", e);
    }
  }
}
