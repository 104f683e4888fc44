package dev.culvert.testkit;

/**
 * Redis for tests that keep to keys of their own and leave the servers as they are: begun by the
 * first of them, ended with the JVM.
 */
public final class SharedRedis {

  private SharedRedis() {}

  /** A single server. */
  public static RedisServer server() {
    return Single.SERVER;
  }

  /** Three masters. */
  public static RedisCluster cluster() {
    return Masters.CLUSTER;
  }

  private static final class Single {
    static final RedisServer SERVER = RedisServer.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }

  private static final class Masters {
    static final RedisCluster CLUSTER = RedisCluster.start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(CLUSTER::close));
    }
  }
}
