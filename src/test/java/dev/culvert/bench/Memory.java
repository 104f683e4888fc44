package dev.culvert.bench;

import java.util.OptionalLong;

/**
 * What one idle stream costs a contestant.
 *
 * @param resident growth of resident memory per stream, in bytes
 * @param heap growth of live Java objects per stream, in bytes; empty without a Java heap
 */
record Memory(long resident, OptionalLong heap) {

  /**
   * Returns what a stream costs in all: exact with a heap whose pages are resident from the start,
   * else an upper bound, since growth of the heap may count twice.
   */
  long total() {
    return resident + heap.orElse(0);
  }
}
