package dev.culvert.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The order to put load on a contestant.
 *
 * @param listener the contestant's
 * @param upstreamPort of the upstream after it
 * @param warmUp time before the window
 * @param window time in which is measured
 * @param pids the contestant's processes
 */
record Load(
    Listener listener,
    int upstreamPort,
    Scenario scenario,
    Duration warmUp,
    Duration window,
    List<Long> pids) {

  Load {
    pids = List.copyOf(pids);
  }

  /** Returns it as words for {@link #parse}. */
  List<String> toWords() {
    List<String> words = new ArrayList<>();
    words.add(listener.toWord());
    words.add(Integer.toString(upstreamPort));
    words.add(scenario.traffic().name());
    words.add(Integer.toString(scenario.connections()));
    words.add(Integer.toString(scenario.payload()));
    words.add(warmUp.toString());
    words.add(window.toString());
    pids.forEach(pid -> words.add(pid.toString()));
    return words;
  }

  /**
   * Reads the words of {@link #toWords}.
   *
   * @throws IllegalArgumentException when they are not an order
   */
  static Load parse(List<String> words) {
    if (words.size() < 7) {
      throw new IllegalArgumentException("load: " + words + " (expected: at least seven words)");
    }
    return new Load(
        Listener.parse(words.get(0)),
        Integer.parseInt(words.get(1)),
        new Scenario(
            Traffic.valueOf(words.get(2)),
            Integer.parseInt(words.get(3)),
            Integer.parseInt(words.get(4))),
        Duration.parse(words.get(5)),
        Duration.parse(words.get(6)),
        words.subList(7, words.size()).stream().map(Long::valueOf).toList());
  }
}
