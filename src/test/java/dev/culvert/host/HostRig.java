package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.boundary.DialResult;
import dev.culvert.boundary.DialSpec;
import dev.culvert.boundary.Fields;
import dev.culvert.boundary.Sample;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.connector.TakeOver;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.loop.Loopback;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.relay.Specs;
import dev.culvert.host.tls.TlsTasks;
import dev.culvert.host.wire.SocketWire;
import dev.culvert.host.wire.Wire;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import javax.management.JMException;
import javax.management.ObjectName;
import org.awaitility.Awaitility;

/** A host whose clients and upstreams the test plays; nothing but the connector is made up. */
final class HostRig implements Closeable {

  static final String APP = "app";
  static final String SWITCHED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n";

  final Host host = new Host("test", "test", new Connector(), new TlsTasks(), 2);

  private final Queue<Long> deployments = new ConcurrentLinkedQueue<>();

  /** Whose end the connector was told of. */
  final Queue<ClassLoader> undeployed = new ConcurrentLinkedQueue<>();

  private final Queue<Closeable> owned = new ConcurrentLinkedQueue<>();

  /** When set, take-overs wait here instead of happening. */
  volatile Queue<Runnable> heldTakeOvers;

  /** What loses the client of a take-over that waits. */
  final Queue<Runnable> lostTakeOvers = new ConcurrentLinkedQueue<>();

  /** Thrown by take-overs when set. */
  volatile RuntimeException takeOverFailure;

  /** An open stream and its two peers. */
  record Opened(String id, Peer client, Peer upstream) {

    /** Sends both ways over the stream, which must be an opaque one. */
    Opened exchange() throws IOException {
      client.send("question");
      assertThat(upstream.receiveText(8)).isEqualTo("question");
      upstream.send("answer");
      assertThat(client.receiveText(6)).isEqualTo("answer");
      return this;
    }

    void assertHungUp() throws IOException {
      assertThat(client.isHungUp()).isTrue();
      assertThat(upstream.isHungUp()).isTrue();
    }
  }

  long deploy(ScriptedServer... upstreams) {
    long deployment = host.deploy(APP);
    deployments.add(deployment);
    retain(deployment, upstreams);
    return deployment;
  }

  void retain(long deployment, ScriptedServer... upstreams) {
    host.retain(
        deployment,
        Arrays.stream(upstreams).map(ScriptedServer::address).collect(Collectors.toSet()));
  }

  ScriptedServer server() {
    ScriptedServer server = new ScriptedServer();
    owned.add(server);
    return server;
  }

  CompletableFuture<Map<String, Object>> dial(long deployment, ScriptedServer server, int max) {
    return dial(deployment, server.address(), max);
  }

  CompletableFuture<Map<String, Object>> dial(long deployment, String address, int max) {
    byte[] head = "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    DialSpec spec =
        new DialSpec(
            APP,
            "route",
            max,
            List.of(address),
            List.of(head),
            null,
            null,
            5_000,
            10_000,
            4096,
            100);
    return host.dial(deployment, Fields.of(spec));
  }

  /** The upstream's connection; its peer has said 101. */
  record Dialled(long connection, Peer upstream) {}

  Dialled dialled(long deployment, ScriptedServer server) throws Exception {
    CompletableFuture<Map<String, Object>> future = dial(deployment, server, 0);
    Peer upstream = server.accept();
    owned.add(upstream);
    upstream.receiveHead();
    upstream.send(SWITCHED);
    DialResult result = Fields.to(DialResult.class, future.get(10, TimeUnit.SECONDS));
    assertThat(result.status()).isEqualTo(101);
    return new Dialled(result.connection(), upstream);
  }

  /** Opens an opaque stream; names and values of fields of its specification in turn. */
  Opened open(long deployment, ScriptedServer server, Object... fields) throws Exception {
    Object[] all = Arrays.copyOf(fields, fields.length + 2);
    all[fields.length] = "address";
    all[fields.length + 1] = server.address();
    return open(deployment, server, Specs.opaque(all)).exchange();
  }

  Opened open(long deployment, ScriptedServer server, StreamSpec spec) throws Exception {
    return open(deployment, dialled(deployment, server), spec);
  }

  Opened open(long deployment, Dialled dialled, StreamSpec spec) {
    Loopback client = Loopback.connect();
    owned.add(client.far());
    String id = host.open(deployment, client, "response", dialled.connection(), Fields.of(spec));
    return new Opened(id, client.far(), dialled.upstream());
  }

  List<String> liveIds() {
    return host.streams().stream().map(view -> (String) view.get("id")).toList();
  }

  /** Sum of a metric over all tags that include these. */
  double metric(long deployment, String name, String... tags) {
    return host.samples(deployment).stream()
        .map(fields -> Fields.to(Sample.class, fields))
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> sample.tags().entrySet().containsAll(entries(tags)))
        .mapToDouble(Sample::value)
        .sum();
  }

  private static Set<Map.Entry<String, String>> entries(String... tags) {
    Map<String, String> map = new HashMap<>();
    for (int i = 0; i < tags.length; i += 2) {
      map.put(tags[i], tags[i + 1]);
    }
    return map.entrySet();
  }

  @Override
  public void close() throws IOException {
    for (Closeable closeable : owned) {
      closeable.close();
    }
    deployments.forEach(host::undeploy);
    host.close("all", "", 1001, "", "shutdown");
    host.drain();
    Awaitility.await().until(() -> !isPublished());
  }

  /** A drained host is known to JMX until it ends. */
  boolean isPublished() throws JMException {
    String suffix = ",draining=" + Long.toString(host.started().toEpochMilli(), 36);
    return ManagementFactory.getPlatformMBeanServer()
        .isRegistered(new ObjectName(Host.STREAMS + suffix));
  }

  private final class Connector implements TakeOver {
    @Override
    public void undeployed(ClassLoader loader) {
      undeployed.add(loader);
    }

    @Override
    public String refusal(Object request) {
      return request instanceof Loopback ? "" : "not of this connector";
    }

    @Override
    public void decline(Object request) {}

    @Override
    public boolean abort(Object request) {
      return false;
    }

    @Override
    public void take(Object request, Object response, Receiver receiver) {
      if (takeOverFailure != null) {
        throw takeOverFailure;
      }
      Loopback loopback = (Loopback) request;
      Runnable handOver = () -> receiver.taken(Client.of(loopback), ByteBuffer.allocate(0));
      if (heldTakeOvers == null) {
        handOver.run();
      } else {
        heldTakeOvers.add(handOver);
        lostTakeOvers.add(() -> receiver.lost("client is gone"));
      }
    }
  }

  private record Client(Wire wire) implements ClientConnection {

    static Client of(Loopback loopback) {
      return new Client(new SocketWire(loopback.near(), () -> close(loopback)));
    }

    @Override
    public void onClosed(Runnable listener) {}

    private static void close(Loopback loopback) {
      try {
        loopback.near().close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
