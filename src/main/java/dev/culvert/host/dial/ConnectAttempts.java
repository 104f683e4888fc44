package dev.culvert.host.dial;

import dev.culvert.host.loop.ChannelHandler;
import dev.culvert.host.loop.EventLoop;
import dev.culvert.host.loop.Timer;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Looks names up and connects, one address after the other, until one is good; where there is a
 * proxy, its name and to it. The time-out for an address runs until {@link #settle}, {@link #next}
 * or {@link #stop}: whoever takes the connected channel may find that it leads nowhere. Loop thread
 * only.
 */
final class ConnectAttempts implements ChannelHandler {

  private static final Logger LOG = System.getLogger("dev.culvert.host");

  /** Learns what came of it. */
  interface Listener {

    /**
     * The channel is connected and the listener's.
     *
     * @throws IOException when it is of no use; the next address follows
     */
    void connected(SocketChannel channel) throws IOException;

    /** What {@link #connected} gave took too long; the next address follows. */
    void overdue();

    /** No address is left. */
    void exhausted(String failures);
  }

  private final EventLoop loop;
  private final Resolver resolver;
  private final List<Hop> hops;
  private final long timeoutMillis;
  private final Listener listener;

  private final Timer timeout =
      new Timer() {
        @Override
        protected void expired(long now) {
          listener.overdue();
          next("connect timeout after " + timeoutMillis + " ms");
        }
      };

  private int index = -1;
  private Iterator<InetSocketAddress> resolved = Collections.emptyIterator();
  private final StringBuilder failures = new StringBuilder();

  /** While it connects. */
  private SocketChannel channel;

  /** Written on the loop; the resolver looks whether the names still matter. */
  private volatile boolean stopped;

  ConnectAttempts(
      EventLoop loop, Resolver resolver, List<Hop> hops, long timeoutMillis, Listener listener) {
    this.loop = loop;
    this.resolver = resolver;
    this.hops = hops;
    this.timeoutMillis = timeoutMillis;
    this.listener = listener;
  }

  /** Begins with the first name. */
  void start() {
    nextName();
  }

  /** Which address is being tried, or was last. */
  int index() {
    return index;
  }

  Hop hop() {
    return hops.get(index);
  }

  /** The connection is good. */
  void settle() {
    loop.cancel(timeout);
  }

  /** The address leads nowhere. */
  void next(String detail) {
    if (!stopped) {
      note(detail);
      dropChannel();
      connectNext();
    }
  }

  /** Whatever happens now, another address of the same name would do no better. */
  void keepToThis() {
    resolved = Collections.emptyIterator();
  }

  /** Gives up. */
  void stop() {
    stopped = true;
    dropChannel();
  }

  private void nextName() {
    if (++index == hops.size()) {
      index--;
      listener.exhausted(failures.toString());
      return;
    }
    int attempt = index;
    resolver.resolve(
        hop().address(),
        new Resolver.Callback() {
          @Override
          public void resolved(List<InetSocketAddress> found) {
            loop.execute(() -> resolvedName(attempt, found));
          }

          @Override
          public void failed(String detail) {
            loop.execute(() -> failedName(attempt, detail));
          }

          @Override
          public boolean isWanted() {
            return !stopped;
          }
        });
  }

  private void resolvedName(int attempt, List<InetSocketAddress> found) {
    if (!stopped && attempt == index) {
      resolved = found.iterator();
      connectNext();
    }
  }

  private void failedName(int attempt, String detail) {
    if (!stopped && attempt == index) {
      note(detail);
      nextName();
    }
  }

  private void connectNext() {
    while (!stopped && resolved.hasNext()) {
      try {
        connect(resolved.next());
        return;
      } catch (IOException | RuntimeException e) {
        note(Faults.describe(e));
        dropChannel();
      }
    }
    if (!stopped) {
      nextName();
    }
  }

  private void connect(InetSocketAddress address) throws IOException {
    // A socket of both families costs more for each message.
    channel =
        SocketChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    loop.arm(timeout, loop.now() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis));
    boolean atOnce = channel.connect(address);
    loop.register(channel, atOnce ? 0 : SelectionKey.OP_CONNECT, this);
    if (atOnce) {
      handOver();
    }
  }

  @Override
  public void ready(int operations) throws IOException {
    if (channel != null && channel.finishConnect()) {
      handOver();
    }
  }

  private void handOver() throws IOException {
    SocketChannel connected = channel;
    channel = null;
    listener.connected(connected);
  }

  @Override
  public void failed(Throwable cause) {
    next(Faults.describe(cause));
  }

  private void note(String detail) {
    if (failures.length() > 0) {
      failures.append("; ");
    }
    failures.append(hop()).append(": ").append(detail);
  }

  /** The time-out goes with the channel: it must not strike while the next name is looked up. */
  private void dropChannel() {
    loop.cancel(timeout);
    if (channel != null) {
      close(channel);
      channel = null;
    }
  }

  static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "upstream channel did not close", e);
    }
  }
}
