package dev.culvert.provider.lease;

import dev.culvert.provider.lease.redis.CountedRedis;
import dev.culvert.testkit.RedisServer;
import dev.culvert.testkit.SharedRedis;
import java.util.List;

/** Where leases may be kept. */
public enum StoreKind {
  MEMORY,
  /** A single server. */
  REDIS,
  /** Three masters. */
  CLUSTER;

  /** The servers, which run; none for memory. */
  public List<RedisServer> servers() {
    return switch (this) {
      case MEMORY -> List.of();
      case REDIS -> List.of(SharedRedis.server());
      case CLUSTER -> SharedRedis.cluster().nodes();
    };
  }

  /** A store without any lease, which nobody else uses. */
  public CountedStore open() {
    return this == MEMORY ? new CountedMemory() : new CountedRedis(servers());
  }
}
