package dev.culvert.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.culvert.boundary.Fields;
import dev.culvert.boundary.Joined;
import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.HostRig.Dialled;
import dev.culvert.host.dial.ScriptedServer;
import dev.culvert.host.frame.CloseStatus;
import dev.culvert.host.frame.ControlFrames;
import dev.culvert.host.frame.Frame;
import dev.culvert.host.loop.Peer;
import dev.culvert.host.relay.Specs;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams whose client is somebody in the deployment. */
@Timeout(30)
class JoinTest {

  private final HostRig rig = new HostRig();
  private final ScriptedServer server = rig.server();
  private final long deployment = rig.deploy(server);
  private final Semaphore signals = new Semaphore(0);

  @AfterEach
  void end() throws Exception {
    rig.close();
  }

  private record Stream(Joined client, Peer upstream) {}

  private Stream join(StreamSpec spec) throws Exception {
    return join(spec, signals::release);
  }

  private Stream join(StreamSpec spec, Runnable signal) throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    return new Stream(
        Fields.to(
            Joined.class, rig.host.join(deployment, dialled.connection(), Fields.of(spec), signal)),
        dialled.upstream());
  }

  private StreamSpec opaque(Object... fields) {
    return Specs.opaque(fields);
  }

  private StreamSpec spec(boolean webSocket, boolean detached, long closeDelay) {
    Object[] fields = {
      "address", server.address(), "detached", detached, "closeDelayMillis", closeDelay
    };
    return webSocket ? Specs.webSocket(fields) : opaque(fields);
  }

  @Test
  void bytesPassBothWaysAndAreCounted() throws Exception {
    Stream stream = join(spec(false, false, 0));
    stream.client().channel().write(bytes("question"));
    assertThat(stream.upstream().receiveText(8)).isEqualTo("question");
    stream.upstream().send("answer");
    assertThat(receive(stream, 6)).isEqualTo("answer");

    stream.client().endInput().run();
    assertThat(stream.upstream().isHungUp()).isTrue();
    stream.upstream().close();
    assertThat(receiveToEnd(stream)).isEmpty();
    awaitEnd("closed");
    assertThat(rig.metric(deployment, "culvert_stream_bytes_total", "direction", "to_upstream"))
        .isEqualTo(8);
  }

  @Test
  void endsWithTheDeploymentWhateverItsPolicy() throws Exception {
    Stream stream = join(spec(false, true, 60_000));
    rig.host.undeploy(deployment);

    assertThat(receiveToEnd(stream)).isEmpty();
    assertThat(stream.upstream().isHungUp()).isTrue();
    Awaitility.await().untilAsserted(() -> assertThat(rig.liveIds()).isEmpty());
  }

  @Test
  void getsACloseFrameAtTheUndeploy() throws Exception {
    Stream stream = join(spec(true, true, 60_000));
    rig.host.undeploy(deployment);

    ByteBuffer frame = ControlFrames.close(new CloseStatus(1001, "undeployed"), false);
    byte[] expected = new byte[frame.remaining()];
    frame.get(expected);
    assertThat(receiveBytes(stream, expected.length)).isEqualTo(expected);
    assertThat(stream.upstream().receiveFrame().closeCode()).isEqualTo(1001);
    stream.upstream().send(Frame.close(1001, ""));
    stream.client().channel().write(ByteBuffer.wrap(Frame.close(1001, "").withMask().encode()));
    assertThat(receiveToEnd(stream)).isEmpty();
  }

  @Test
  void aClientThatFailsEndsTheStream() throws Exception {
    Stream stream = join(spec(false, false, 0));
    stream.client().fail().accept("reset by peer");

    assertThat(stream.upstream().isHungUp()).isTrue();
    awaitEnd("error");
  }

  @Test
  void aSlowClientHoldsUpTheUpstream() throws Exception {
    Stream stream = join(spec(false, false, 0));
    byte[] chunk = new byte[64 * 1024];
    Thread sender =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < 256; i++) {
                  stream.upstream().send(chunk);
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    sender.start();
    Awaitility.await()
        .during(300, TimeUnit.MILLISECONDS)
        .until(
            () ->
                rig.metric(deployment, "culvert_stream_bytes_total", "direction", "from_upstream")
                    < 4 * 64 * 1024);

    assertThat(receiveBytes(stream, 256 * chunk.length)).hasSize(256 * chunk.length);
    sender.join(10_000);
  }

  @Test
  void nothingOfTheCallerIsKeptAfterTheEnd() throws Exception {
    WeakReference<Runnable> signal = joinWithOwnSignal();
    rig.host.undeploy(deployment);
    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return signal.get() == null;
            });
  }

  private WeakReference<Runnable> joinWithOwnSignal() throws Exception {
    Semaphore own = new Semaphore(0);
    Runnable signal = own::release;
    join(spec(false, false, 0), signal);
    return new WeakReference<>(signal);
  }

  @Test
  void anUpstreamThatIsGoneCannotBeJoined() throws Exception {
    Dialled dialled = rig.dialled(deployment, server);
    rig.host.abandon(dialled.connection());

    assertThatThrownBy(
            () ->
                rig.host.join(
                    deployment,
                    dialled.connection(),
                    Fields.of(spec(false, false, 0)),
                    signals::release))
        .isInstanceOf(IllegalStateException.class);
  }

  private void awaitEnd(String result) {
    Awaitility.await()
        .until(() -> rig.metric(deployment, "culvert_streams_total", "result", result) == 1);
  }

  private String receive(Stream stream, int length) throws Exception {
    return new String(receiveBytes(stream, length), StandardCharsets.US_ASCII);
  }

  private byte[] receiveBytes(Stream stream, int length) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    while (buffer.hasRemaining()) {
      int count = stream.client().channel().read(buffer);
      assertThat(count).as("bytes before the end").isNotNegative();
      if (count == 0) {
        awaitSignal();
      }
    }
    return buffer.array();
  }

  /** What comes until the end of the stream. */
  private String receiveToEnd(Stream stream) throws Exception {
    ByteBuffer buffer = ByteBuffer.allocate(1024);
    for (int count = 0; count >= 0; count = stream.client().channel().read(buffer)) {
      if (count == 0) {
        awaitSignal();
      }
    }
    return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
  }

  private void awaitSignal() throws InterruptedException {
    assertThat(signals.tryAcquire(10, TimeUnit.SECONDS)).as("told to go on").isTrue();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }
}
