package dev.culvert.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The order to put load on a contestant.
 *
 * @param listener the contestant's
 * @param connections at least 1
 * @param payload of each message, in bytes, at least {@value Conversation#MIN_PAYLOAD}
 * @param warmUp time before the window
 * @param window time in which is measured
 * @param pids the contestant's processes
 */
record Load(
    Listener listener,
    int connections,
    int payload,
    Duration warmUp,
    Duration window,
    List<Long> pids) {

  Load {
    if (connections < 1) {
      throw new IllegalArgumentException("connections: " + connections + " (expected: >= 1)");
    }
    if (payload < Conversation.MIN_PAYLOAD) {
      throw new IllegalArgumentException(
          "payload: " + payload + " (expected: >= " + Conversation.MIN_PAYLOAD + ")");
    }
    pids = List.copyOf(pids);
  }

  /** Returns it as words for {@link #parse}. */
  List<String> toWords() {
    List<String> words = new ArrayList<>();
    words.add(listener.toWord());
    words.add(Integer.toString(connections));
    words.add(Integer.toString(payload));
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
    if (words.size() < 5) {
      throw new IllegalArgumentException("load: " + words + " (expected: at least five words)");
    }
    return new Load(
        Listener.parse(words.get(0)),
        Integer.parseInt(words.get(1)),
        Integer.parseInt(words.get(2)),
        Duration.parse(words.get(3)),
        Duration.parse(words.get(4)),
        words.subList(5, words.size()).stream().map(Long::valueOf).toList());
  }
}
