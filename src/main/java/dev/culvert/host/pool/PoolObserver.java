package dev.culvert.host.pool;

/**
 * Is told what the pool does, for metrics and logs. Called without the pool's lock, by any thread.
 */
public interface PoolObserver {

  /** A dispatch was decided. */
  void decided(String account, Decision decision);

  /** A pooled socket has left the pool. */
  void ended(String account, String socket, SocketEnd end);

  /** An observer that does nothing. */
  PoolObserver NONE =
      new PoolObserver() {
        @Override
        public void decided(String account, Decision decision) {}

        @Override
        public void ended(String account, String socket, SocketEnd end) {}
      };
}
