package dev.culvert.route;

import dev.culvert.boundary.Joined;
import dev.culvert.endpoint.UpgradedRequest;
import dev.culvert.provider.TestTimer;
import dev.culvert.relay.BoundedChannel;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/** A portable stream between a fake connection and a channel. For one thread. */
final class PortableRig {

  /** What the stream takes of the client before its upstream does. */
  static final int CAPACITY = 8;

  static final Duration STALL = Duration.ofSeconds(30);

  final FakeUpgrade connection = new FakeUpgrade();
  final BoundedChannel channel = new BoundedChannel(CAPACITY);

  /** Why the stream was told that the client is gone. */
  final List<String> failures = new ArrayList<>();

  /** How often the stream was told that the client sends no more. */
  int endsOfInput;

  /** Streams whose connection is closed, once for each time that this was said. */
  final List<PortableStream> ended = new ArrayList<>();

  final TestTimer timer = new TestTimer();

  final PortableStream stream = stream(Runnable::run);

  PortableStream stream(Executor workers) {
    return new PortableStream(connection, Optional.empty(), workers, stall(), ended::add);
  }

  StallLimit stall() {
    return new StallLimit(STALL, timer, timer::nanos);
  }

  /** A stream on a connection of Payara's, which has begun. */
  PortableStream begunOn(PayaraRequest payara, Executor workers) throws IOException {
    PortableStream onGrizzly =
        new PortableStream(
            connection, UpgradedRequest.of(payara.facade(Map.of())), workers, stall(), ended::add);
    onGrizzly.begin(new Joined("1", channel, () -> endsOfInput++, failures::add));
    return onGrizzly;
  }

  static PortableRig begun() throws IOException {
    PortableRig rig = new PortableRig();
    rig.begin();
    return rig;
  }

  void begin() throws IOException {
    stream.begin(new Joined("1", channel, () -> endsOfInput++, failures::add));
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** What the upstream has got. */
  String taken() {
    channel.take();
    return new String(channel.taken(), StandardCharsets.US_ASCII);
  }
}
