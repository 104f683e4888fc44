package dev.culvert.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Guesses which word was meant. */
final class NearMiss {

  private NearMiss() {}

  /** How many edits may lie between a word and what was meant by it: one in four letters. */
  static int tolerance(String word) {
    return Math.max(1, Math.min(3, word.length() / 4));
  }

  /** The candidate with the fewest edits from the word, if any is within the tolerance. */
  static Optional<String> of(String word, Collection<String> candidates, int tolerance) {
    return candidates.stream()
        .filter(candidate -> distance(word, candidate) <= tolerance)
        .min(Comparator.comparingInt(candidate -> distance(word, candidate)));
  }

  /**
   * Edits (insertion, deletion, substitution, swap of neighbours) that turn one word into the
   * other, letters of both cases being equal: the optimal string alignment distance.
   */
  static int distance(String one, String other) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = other.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        edits[i][j] = i == 0 || j == 0 ? i + j : edits(edits, a, b, i, j);
      }
    }
    return edits[a.length()][b.length()];
  }

  private static int edits(int[][] edits, String a, String b, int i, int j) {
    int substitution = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
    int best =
        Math.min(
            edits[i - 1][j - 1] + substitution, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(best, edits[i - 2][j - 2] + 1) : best;
  }
}
