package dev.culvert.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** One of the machines after the upstream's address, with a prompt cache of its own. Any thread. */
final class Backend {

  private static final Pattern SPACE = Pattern.compile("\\s+");

  /** Prompts and their beginnings seen so far; guarded by this. */
  private final Set<List<String>> prefixes = new HashSet<>();

  /**
   * What a prompt costs.
   *
   * @param input tokens of the prompt
   * @param cached those of them that the cache had
   */
  record Usage(int input, int cached) {}

  /** Answers a prompt and remembers it, and its beginnings. */
  synchronized Usage read(List<String> prompt) {
    int input = 0;
    int cached = 0;
    List<String> prefix = new ArrayList<>();
    for (String item : prompt) {
      prefix.add(item);
      input += tokens(item);
      if (!prefixes.add(List.copyOf(prefix))) {
        cached = input;
      }
    }
    return new Usage(input, cached);
  }

  private static int tokens(String text) {
    return (int) Arrays.stream(SPACE.split(text)).filter(word -> !word.isEmpty()).count();
  }
}
