package dev.culvert.bench;

import java.util.Arrays;

/**
 * Counts of latencies in buckets whose width grows with the value, so that every value is kept to
 * within 1/64 of itself. Allocates nothing when recording; belongs to one thread.
 */
final class Histogram {

  private static final int SUB_BITS = 6;
  private static final int SUB = 1 << SUB_BITS;

  private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUB];
  private long total;

  /**
   * Counts a value.
   *
   * @param value 0 or above; nanoseconds, say
   */
  void record(long value) {
    counts[bucket(value)]++;
    total++;
  }

  long total() {
    return total;
  }

  void clear() {
    Arrays.fill(counts, 0);
    total = 0;
  }

  /**
   * Returns the least bucket limit that at least the given part of the values does not exceed.
   *
   * @param part above 0, at most 1
   * @return 0 when nothing was recorded
   */
  long percentile(double part) {
    long wanted = (long) Math.ceil(part * total);
    long seen = 0;
    for (int bucket = 0; bucket < counts.length; bucket++) {
      seen += counts[bucket];
      if (seen >= wanted && seen > 0) {
        return highest(bucket);
      }
    }
    return 0;
  }

  /** Values below 64 have a bucket each; above, each power of two has 64 buckets. */
  private static int bucket(long value) {
    if (value < SUB) {
      return (int) value;
    }
    int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(value);
    return (shift + 1) * SUB + (int) (value >>> shift) - SUB;
  }

  private static long highest(int bucket) {
    if (bucket < SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    long lowest = ((long) (bucket % SUB) + SUB) << shift;
    return lowest + (1L << shift) - 1;
  }
}
