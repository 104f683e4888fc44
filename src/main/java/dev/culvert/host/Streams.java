package dev.culvert.host;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.connector.ClientConnection;
import dev.culvert.host.dial.UpstreamConnection;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import dev.culvert.host.relay.StreamResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/** The live streams, and the rules by which the end of a deployment ends them. Any thread. */
final class Streams {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  private final Deployments deployments;
  private final Ledger ledger;
  private final EndedSessions endedSessions;
  private final List<StreamListener> observers = new ArrayList<>();
  private final AtomicLong ids = new AtomicLong();

  /** Tells the streams of one JVM run from those of the next. */
  private final String prefix = Long.toString(System.currentTimeMillis() / 1000, 36) + "-";

  /**
   * @param clock in nanoseconds
   */
  Streams(Deployments deployments, Ledger ledger, LongSupplier clock) {
    this.deployments = deployments;
    this.ledger = ledger;
    this.endedSessions = new EndedSessions(clock);
  }

  /** Adds an observer; before the first stream. */
  void observe(StreamListener observer) {
    observers.add(observer);
  }

  String nextId() {
    return prefix + Long.toString(ids.incrementAndGet(), 36);
  }

  /** Joins the two connections on the upstream's loop. */
  void open(
      String id,
      Deployment deployment,
      StreamSpec spec,
      ClientConnection client,
      ByteBuffer early,
      Handshake handshake,
      UpstreamConnection upstream) {
    EventLoop loop = upstream.loop();
    loop.execute(
        () -> {
          StreamListener listener = new Books(handshake.slot());
          Stream stream;
          try {
            stream =
                new Stream(
                    id, deployment.id(), spec, loop, client.wire(), upstream.wire(), listener);
            client.onClosed(stream::clientClosed);
            client.onLost(stream::clientLost);
          } catch (RuntimeException | Error e) {
            handshake.slot().release(); // nobody else would, nor close the connections
            client.wire().close();
            upstream.wire().close();
            throw e;
          }
          stream.start(early, upstream.early());
          applyRules(deployment, stream);
        });
  }

  /** A deployment or session that ended, or an upstream that left, while the stream was coming. */
  private void applyRules(Deployment deployment, Stream stream) {
    if (deployment.hasEnded()) {
      orphan(stream);
    }
    if (!deployments.retains(stream.spec().application(), stream.spec().address())) {
      doom(stream, StreamResult.UPSTREAM_REMOVED);
    }
    endedSessions
        .find(stream.spec().session())
        .ifPresent(status -> stream.close(StreamResult.EXPIRED, status));
  }

  /** The deployment has ended. */
  void undeployed(Deployment deployment) {
    for (Stream stream : ledger.live()) {
      if (stream.deployment() == deployment.id()) {
        orphan(stream);
      }
    }
  }

  /** The application's configuration now has these addresses. */
  void retain(String application, Set<String> addresses) {
    for (Stream stream : ledger.live()) {
      if (!stream.spec().application().equals(application)) {
        continue;
      }
      if (addresses.contains(stream.spec().address())) {
        stream.pardonRemoval();
      } else {
        doom(stream, StreamResult.UPSTREAM_REMOVED);
      }
    }
  }

  /**
   * Closes by a property; returns how many. A session that has ended is remembered for streams that
   * are on their way; whatever else is closed is what there is now.
   */
  int close(String by, String value, StreamResult why, CloseStatus status) {
    if (by.equals("id")) {
      return closeOne(value, why, status);
    }
    Predicate<Stream> which = selector(by, value);
    if (by.equals("session") && why == StreamResult.EXPIRED) {
      endedSessions.add(value, status);
    }
    return close(which, why, status);
  }

  private int closeOne(String id, StreamResult why, CloseStatus status) {
    Stream stream = ledger.find(id);
    if (stream == null) {
      return 0;
    }
    stream.close(why, status);
    return 1;
  }

  private static Predicate<Stream> selector(String by, String value) {
    return switch (by) {
      case "upstream" -> stream -> stream.spec().upstream().equals(value);
      case "route" -> stream -> stream.spec().route().equals(value);
      case "user" -> stream -> stream.spec().user().equals(value);
      case "session" -> stream -> stream.spec().session().equals(value);
      case "all" -> stream -> true;
      default ->
          throw new IllegalArgumentException(
              "by: " + by + " (expected: id, upstream, route, user, session or all)");
    };
  }

  /** Closes all that fit; returns how many. */
  int close(Predicate<Stream> which, StreamResult why, CloseStatus status) {
    List<Stream> chosen = ledger.live().stream().filter(which).toList();
    chosen.forEach(stream -> stream.close(why, status));
    return chosen.size();
  }

  private static void orphan(Stream stream) {
    stream.orphan();
    if (stream.spec().bound()) {
      stream.doom(StreamResult.UNDEPLOYED, 0);
    } else if (!stream.spec().detached()) {
      doom(stream, StreamResult.UNDEPLOYED);
    }
  }

  private static void doom(Stream stream, StreamResult why) {
    long jitter = stream.spec().closeJitterMillis();
    long extra = jitter == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitter + 1);
    stream.doom(why, stream.spec().closeDelayMillis() + extra);
  }

  /** Enters one stream's life in the books. */
  private final class Books implements StreamListener {
    private final RouteSlots.Slot slot;

    Books(RouteSlots.Slot slot) {
      this.slot = slot;
    }

    @Override
    public void opened(Stream stream) {
      ledger.opened(stream);
      tell(observer -> observer.opened(stream));
    }

    @Override
    public void ended(Stream stream, StreamEnd end) {
      try {
        slot.release();
      } finally {
        ledger.ended(stream, end);
      }
      tell(observer -> observer.ended(stream, end));
    }

    /** What one of them does wrong harms neither the stream nor the others. */
    private void tell(Consumer<StreamListener> event) {
      for (StreamListener observer : observers) {
        try {
          event.accept(observer);
        } catch (RuntimeException | Error e) { // no thread for a notification is an Error
          LOG.log(Level.ERROR, "CULVERT-H012 observer of streams failed", e);
        }
      }
    }
  }
}
