package dev.culvert.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import redis.clients.jedis.Jedis;

/** Three real masters of one cluster, each with a third of the slots. */
public final class RedisCluster implements AutoCloseable {

  private static final int MASTERS = 3;
  private static final int SLOTS = 16_384;

  /** A node's port for other nodes is so much higher than that for clients. */
  private static final int BUS = 10_000;

  private final List<RedisServer> nodes = new ArrayList<>();

  private RedisCluster() {}

  /**
   * Starts one.
   *
   * @param options of each server, as on its command line
   */
  public static RedisCluster start(String... options) {
    RedisCluster cluster = new RedisCluster();
    try {
      cluster.begin(options);
      return cluster;
    } catch (IOException | RuntimeException e) {
      cluster.close();
      throw new IllegalStateException("no cluster", e);
    }
  }

  private void begin(String... options) throws IOException {
    List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes"));
    all.addAll(List.of(options));
    for (int i = 0; i < MASTERS; i++) {
      nodes.add(RedisServer.start(freePort(), all.toArray(new String[0])));
    }
    for (int i = 0; i < MASTERS; i++) {
      try (Jedis node = nodes.get(i).client()) {
        int from = SLOTS * i / MASTERS;
        int to = SLOTS * (i + 1) / MASTERS;
        node.clusterAddSlots(IntStream.range(from, to).toArray());
        node.clusterMeet("127.0.0.1", nodes.get(0).port());
      }
    }
    awaitReady();
  }

  /** Returns when all nodes think that all are there. */
  public void awaitReady() {
    Awaitility.await().until(() -> nodes.stream().allMatch(RedisCluster::isReady));
  }

  private static boolean isReady(RedisServer server) {
    try (Jedis node = server.client()) {
      String state = node.clusterInfo();
      return state.contains("cluster_state:ok") && state.contains("cluster_known_nodes:" + MASTERS);
    }
  }

  private static int freePort() throws IOException {
    while (true) {
      int port = FreePort.find();
      int low = port > 65_535 - BUS ? port - BUS : port;
      if (isFree(low) && isFree(low + BUS)) {
        return low;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  public List<RedisServer> nodes() {
    return List.copyOf(nodes);
  }

  @Override
  public void close() {
    nodes.forEach(RedisServer::close);
  }
}
