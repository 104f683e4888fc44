package dev.culvert.provider.lease.redis;

import java.util.function.Function;

/**
 * Something to be asked of Redis, and what is answered when Redis does not tell.
 *
 * @param <T> type of the answer
 */
interface Question<T> {

  /** Asks; waits for the network. */
  T ask(RedisLeases store);

  /** Redis is down, or there was no time to ask; it has heard nothing. */
  T unsent(String detail);

  /**
   * Redis went down meanwhile: perhaps it has done what was asked, and only the answer was lost.
   */
  T unanswered(String detail);

  /** More are waiting than there is room for, or something has gone wrong on this side. */
  T overloaded(String detail);

  /** Whether whoever asks is better answered without Redis than late. */
  boolean isUrgent();

  /** One that may wait, and has the same answer whatever went wrong. */
  static <T> Question<T> patient(Function<RedisLeases, T> words, Function<String, T> otherwise) {
    return new Question<>() {
      @Override
      public T ask(RedisLeases store) {
        return words.apply(store);
      }

      @Override
      public T unsent(String detail) {
        return otherwise.apply(detail);
      }

      @Override
      public T unanswered(String detail) {
        return otherwise.apply(detail);
      }

      @Override
      public T overloaded(String detail) {
        return otherwise.apply(detail);
      }

      @Override
      public boolean isUrgent() {
        return false;
      }
    };
  }
}
