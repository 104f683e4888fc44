package dev.culvert.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Keys below a prefix; a key that is not set there is looked for below the next prefix. */
final class Section {

  private final Source source;
  private final List<String> prefixes;

  Section(Source source, String prefix) {
    this(source, List.of(prefix));
  }

  Section(Source source, List<String> prefixes) {
    this.source = source;
    this.prefixes = prefixes;
  }

  <T> Optional<T> find(String key, Function<String, T> parser) {
    return setting(key).flatMap(s -> source.parse(s.key(), s.value(), parser));
  }

  <T> T get(String key, T otherwise, Function<String, T> parser) {
    return find(key, parser).orElse(otherwise);
  }

  /** Like {@link #find}, and a problem when the key is not set. */
  <T> Optional<T> required(String key, String expected, Function<String, T> parser) {
    if (setting(key).isEmpty()) {
      source.missing(prefixes.get(0) + key, expected);
    }
    return find(key, parser);
  }

  /**
   * The good entries of a comma-separated list, each once, and a problem for each bad one; empty
   * when the key is not set. A list without an entry is a problem: it is never what was meant, and
   * an empty list of roles would open a route to everyone.
   */
  <T> Optional<List<T>> list(String key, Function<String, T> entryParser) {
    return setting(key).map(setting -> entries(setting, entryParser));
  }

  /** Like {@link #list}, and a problem when the key is not set. */
  <T> List<T> requiredList(String key, String expected, Function<String, T> entryParser) {
    if (setting(key).isEmpty()) {
      source.missing(prefixes.get(0) + key, expected);
    }
    return list(key, entryParser).orElse(List.of());
  }

  private <T> List<T> entries(Setting setting, Function<String, T> entryParser) {
    List<String> texts = CommaList.split(setting.value());
    if (texts.isEmpty()) {
      source.reject(setting.key(), setting.value(), "expected: at least one entry");
    }
    List<T> entries = new ArrayList<>();
    // The part of a password before a comma could not be told from a port: show all, masked.
    Optional<String> whole = Optional.of(setting.value()).filter(value -> value.contains("@"));
    for (String text : texts) {
      source
          .parse(setting.key(), text, whole.orElse(text), entryParser)
          .filter(entry -> !entries.contains(entry))
          .ifPresent(entries::add);
    }
    return entries;
  }

  private Optional<Setting> setting(String key) {
    return prefixes.stream()
        .map(prefix -> prefix + key)
        .flatMap(name -> source.value(name).map(value -> new Setting(name, value)).stream())
        .findFirst();
  }

  private record Setting(String key, String value) {}
}
