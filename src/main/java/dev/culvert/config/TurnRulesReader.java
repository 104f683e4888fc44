package dev.culvert.config;

import static java.util.function.Predicate.not;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads how a route treats turns: a preset, and what is said otherwise than there. */
final class TurnRulesReader {

  private static final int FIRST_ERROR = 400;
  private static final int LAST_ERROR = 599;

  /** In place of the name of a field that the protocol does not have. */
  private static final String NONE = "none";

  private final Source source;
  private final Section section;
  private final String prefix;

  /**
   * @param prefix of the route's own keys, for complaints
   */
  TurnRulesReader(Source source, Section section, String prefix) {
    this.source = source;
    this.section = section;
    this.prefix = prefix;
  }

  /**
   * The rules.
   *
   * @param used whether the route is in mode {@code turns}, so that they must be whole
   */
  TurnRules read(boolean used) {
    TurnRules usual = TurnRules.DEFAULTS;
    Preset preset = preset(section.get("preset", usual.preset(), Words::preset));
    if (used && preset.terminals().isEmpty()) {
      source.missing(prefix + "turn.terminals", "types of events that end a turn");
    }
    Optional<Set<String>> headers =
        section.list("turn.headers", HeaderSyntax::name).map(TurnRulesReader::lowerCase);
    return new TurnRules(
        preset,
        section.list("turn.conversation", HeaderSyntax::name).orElse(usual.conversation()),
        headers.orElse(usual.headers()),
        headers.map(TurnRulesReader::withoutCredential).orElse(usual.besideAccount()),
        section.get("turn.replayable", usual.replayable(), Words::bool),
        section.get("turn.heartbeat", usual.heartbeat(), Durations::timeout));
  }

  private Preset preset(Preset base) {
    return new Preset(
        section.get("turn.request-type", base.requestType(), Function.identity()),
        section.get("turn.type-field", base.typeField(), Function.identity()),
        types("turn.terminals", base.terminals()),
        types("turn.completed", base.owning()),
        types("turn.metadata", base.metadata()),
        types("turn.visible", base.visible()),
        statuses(base.statuses()),
        section.get("turn.connection-limit", base.connectionLimit(), Function.identity()),
        section.get("turn.lane-field", base.laneField(), TurnRulesReader::field));
  }

  /** A value cannot be empty; it would count as none, and the default would hold. */
  private static String field(String text) {
    return text.equals(NONE) ? "" : text;
  }

  private Set<String> types(String key, Set<String> usual) {
    return section.list(key, Function.identity()).<Set<String>>map(Set::copyOf).orElse(usual);
  }

  private Map<String, Integer> statuses(Map<String, Integer> usual) {
    return section
        .list("turn.statuses", TurnRulesReader::status)
        .map(TurnRulesReader::merged)
        .orElse(usual);
  }

  private static Map<String, Integer> merged(List<Map.Entry<String, Integer>> entries) {
    Map<String, Integer> statuses = new HashMap<>();
    entries.forEach(entry -> statuses.put(entry.getKey(), entry.getValue()));
    return statuses;
  }

  private static Map.Entry<String, Integer> status(String text) {
    int colon = text.lastIndexOf(':');
    String number = text.substring(colon + 1).strip();
    if (colon > 0 && number.matches("\\d{3}")) {
      int status = Integer.parseInt(number);
      if (status >= FIRST_ERROR && status <= LAST_ERROR) {
        return Map.entry(text.substring(0, colon).strip(), status);
      }
    }
    throw BadValueException.expected("an error code and a status, such as rate_limited:429");
  }

  /** The client's own is for the gateway where that has an account. */
  private static Set<String> withoutCredential(Set<String> names) {
    return names.stream().filter(not(Account::isCredential)).collect(Collectors.toSet());
  }

  private static Set<String> lowerCase(List<String> names) {
    return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }
}
