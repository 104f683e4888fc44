package dev.culvert.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What MicroProfile Config 3.1 reads by default, for servers without it: system properties, then
 * environment variables, then the files {@code META-INF/microprofile-config.properties} of the
 * application, the first of them first. Expressions are replaced as there; ordinals, profiles and
 * further sources are not known.
 */
final class PlainValues implements Values {

  private static final String FILE = "META-INF/microprofile-config.properties";

  /** Longest chain of expressions, which may refer to each other in a circle. */
  private static final int MAX_DEPTH = 16;

  /** The innermost expression: its key, and its default when it has one. */
  private static final Pattern EXPRESSION =
      Pattern.compile("(?<!\\\\)\\$\\{([^${}:]+)(?::([^${}]*))?}");

  private final Supplier<Map<String, String>> system;
  private final Map<String, String> environment;
  private final Map<String, String> files;

  PlainValues(
      Supplier<Map<String, String>> system,
      Map<String, String> environment,
      Map<String, String> files) {
    this.system = system;
    this.environment = environment;
    this.files = files;
  }

  static PlainValues ofApplication(ClassLoader application) {
    return new PlainValues(
        () -> strings(System.getProperties()), System.getenv(), files(application));
  }

  @Override
  public Iterable<String> names() {
    Set<String> names = new TreeSet<>(system.get().keySet());
    names.addAll(environment.keySet());
    names.addAll(files.keySet());
    return names;
  }

  @Override
  public Optional<String> value(String key) {
    return Optional.ofNullable(raw(key))
        .map(text -> resolved(text, 0))
        .filter(text -> !text.isEmpty());
  }

  private String raw(String key) {
    String value = system.get().get(key);
    if (value == null) {
      value = environment.get(key);
    }
    if (value == null) {
      value = environment.get(KeyTemplate.variableOf(key));
    }
    return value == null ? files.get(key) : value;
  }

  private String resolved(String text, int depth) {
    if (depth > MAX_DEPTH) {
      throw new BadValueException(BadValueException.UNRESOLVED);
    }
    Matcher expression = EXPRESSION.matcher(text);
    if (!expression.find()) {
      return text.replace("\\${", "${");
    }
    String value = raw(expression.group(1));
    if (value == null || value.isEmpty()) {
      value = expression.group(2);
    }
    if (value == null) {
      throw new BadValueException(BadValueException.UNRESOLVED);
    }
    String before = text.substring(0, expression.start());
    return resolved(before + value + text.substring(expression.end()), depth + 1);
  }

  private static Map<String, String> files(ClassLoader application) {
    Map<String, String> values = new LinkedHashMap<>();
    try {
      for (URL file : Collections.list(application.getResources(FILE))) {
        Properties properties = new Properties();
        try (InputStream in = file.openStream()) {
          properties.load(in);
        }
        strings(properties).forEach(values::putIfAbsent);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FILE, e);
    }
    return values;
  }

  private static Map<String, String> strings(Properties properties) {
    Map<String, String> values = new LinkedHashMap<>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return values;
  }
}
