package dev.culvert.bench;

import java.util.ArrayList;
import java.util.List;

/** Tokens of the turns of one conversation, without its first, which no cache can have. */
final class CacheTurns {

  private final List<Double> rates = new ArrayList<>();
  private long input;
  private long cached;

  void add(int turn, int inputTokens, int cachedTokens) {
    if (turn > 0) {
      input += inputTokens;
      cached += cachedTokens;
      rates.add((double) cachedTokens / inputTokens);
    }
  }

  long input() {
    return input;
  }

  long cached() {
    return cached;
  }

  /** Share of cached tokens, turn by turn. */
  List<Double> rates() {
    return rates;
  }
}
