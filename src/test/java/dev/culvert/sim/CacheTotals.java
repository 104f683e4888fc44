package dev.culvert.sim;

/**
 * Sums over all turns that could have been answered from a cache: those of a conversation but its
 * first.
 *
 * @param input tokens of the prompts
 * @param cached those of them that the backend's cache had
 */
public record CacheTotals(long input, long cached) {

  /** Share of tokens that were cached, 0 to 1; 0 without tokens. */
  public double hitRate() {
    return input == 0 ? 0 : (double) cached / input;
  }

  CacheTotals plus(Backend.Usage usage) {
    return new CacheTotals(input + usage.input(), cached + usage.cached());
  }
}
