package dev.culvert.boot;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Code that runs at the end only, loaded by the test's own loader. */
final class Farewell implements Supplier<String> {

  private record Words(String first, String second) {
    String joined() {
      return first + " " + second;
    }
  }

  /** Named by nothing but the code below. */
  private static final class Speaker {
    final Map<String, Words> words = new TreeMap<>();

    String say() {
      words.put("end", new Words("Good", "bye"));
      return Stream.of("end").map(words::get).map(Words::joined).findFirst().orElseThrow();
    }
  }

  @Override
  public String get() {
    ConcurrentSkipListSet<String> said = new ConcurrentSkipListSet<>();
    said.add(new Speaker().say().toUpperCase(Locale.ROOT));
    Speaker[][] none = new Speaker[0][];
    return said.first() + none.length;
  }
}
