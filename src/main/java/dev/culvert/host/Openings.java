package dev.culvert.host;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.connector.TakeOver;
import dev.culvert.host.dial.UpstreamConnection;
import dev.culvert.host.wire.BufferWire;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Makes streams of answered handshakes: takes the client's connection from the server, or joins one
 * that stays with it. Any thread.
 */
final class Openings {

  private static final Logger LOG = System.getLogger("dev.culvert.host");
  private static final String UPSTREAM_GONE = "upstream connection is gone";

  private final Deployments deployments;
  private final Handshakes handshakes;
  private final TakeOver takeOver;
  private final Streams streams;
  private final LeaseBooks leases;
  private final Destinations destinations = new Destinations();

  Openings(
      Deployments deployments,
      Handshakes handshakes,
      TakeOver takeOver,
      Streams streams,
      LeaseBooks leases) {
    this.deployments = deployments;
    this.handshakes = handshakes;
    this.takeOver = takeOver;
    this.streams = streams;
    this.leases = leases;
  }

  /**
   * Asks the server for the client's connection; the stream opens when it lets go, even if the
   * deployment has ended by then: its client has been told of success.
   *
   * @return the stream's id
   * @throws IllegalStateException when the upstream's connection is gone, or the deployment
   */
  String open(
      long deploymentId, Object request, Object response, long connection, StreamSpec spec) {
    Handshake handshake = handshake(connection, spec);
    if (!handshake.promise()) {
      throw new IllegalStateException(UPSTREAM_GONE);
    }
    try {
      Deployment deployment = deployments.get(deploymentId);
      String id = streams.nextId();
      takeOver.take(request, response, new Opening(id, deployment, spec, handshake));
      return id;
    } catch (RuntimeException e) {
      handshake.settle();
      throw e;
    }
  }

  /**
   * Opens a stream whose client the deployment itself speaks for.
   *
   * @param signal called when the stream has something for the client, or room for its bytes
   * @throws IllegalStateException when the upstream's connection is gone
   */
  Joined join(Deployment deployment, long connection, Map<String, Object> stream, Runnable signal) {
    Map<String, Object> fields = new HashMap<>(stream);
    fields.put("bound", true);
    StreamSpec spec = Fields.to(StreamSpec.class, fields);
    Handshake handshake = handshake(connection, spec);
    UpstreamConnection upstream =
        handshake.take().orElseThrow(() -> new IllegalStateException(UPSTREAM_GONE));
    BufferWire client = new BufferWire(signal);
    String id = streams.nextId();
    ByteBuffer early = ByteBuffer.allocate(0);
    streams.open(id, deployment, spec, new JoinedClient(client), early, handshake, upstream);
    return new Joined(id, client.channel(), client::endInput, client::fail);
  }

  /** How many streams of an application go to an upstream, those on their way included. */
  int streams(String application, String upstream) {
    return destinations.streams(application, upstream);
  }

  /** From here on the stream's lease ends with the handshake's place: with whatever ends first. */
  private Handshake handshake(long connection, StreamSpec spec) {
    Runnable release =
        () -> {
          destinations.leave(spec);
          leases.release(spec);
        };
    destinations.enter(spec);
    leases.pin(spec);
    Optional<Handshake> handshake = handshakes.find(connection);
    handshake.ifPresentOrElse(found -> found.slot().then(release), release);
    return handshake.orElseThrow(() -> new IllegalStateException(UPSTREAM_GONE));
  }

  /** A client that somebody else speaks for; only he can lose it. */
  private record JoinedClient(BufferWire wire) implements ClientConnection {
    @Override
    public void onClosed(Runnable listener) {}

    @Override
    public void onLost(Runnable listener) {
      wire.onFailed(listener);
    }
  }

  /** Joins the two connections once the server has let go of the client's. */
  private final class Opening implements TakeOver.Receiver {
    private final String id;
    private final Deployment deployment;
    private final StreamSpec spec;
    private final Handshake handshake;

    Opening(String id, Deployment deployment, StreamSpec spec, Handshake handshake) {
      this.id = id;
      this.deployment = deployment;
      this.spec = spec;
      this.handshake = handshake;
    }

    @Override
    public void taken(ClientConnection connection, ByteBuffer early) {
      UpstreamConnection upstream = handshake.take().orElse(null);
      if (upstream == null) {
        connection.wire().close();
        lost(UPSTREAM_GONE);
        return;
      }
      streams.open(id, deployment, spec, connection, early, handshake, upstream);
    }

    @Override
    public void lost(String detail) {
      handshake.settle();
      LOG.log(Level.INFO, "CULVERT-H011 stream not opened: id={0} detail={1}", id, detail);
    }
  }
}
