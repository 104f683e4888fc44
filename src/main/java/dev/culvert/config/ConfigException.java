package dev.culvert.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used. The message names every fault, one a line. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ConfigException(List<Problem> problems) {
    super(message(problems));
    this.problems = List.copyOf(problems);
  }

  /** The faults, at least one; empty after serialisation. */
  public List<Problem> problems() {
    return problems == null ? List.of() : problems;
  }

  private static String message(List<Problem> problems) {
    return problems.stream()
        .map(problem -> "\n  " + problem.text())
        .collect(Collectors.joining("", "the configuration has faults:", ""));
  }
}
