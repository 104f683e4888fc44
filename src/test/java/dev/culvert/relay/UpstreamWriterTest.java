package dev.culvert.relay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.culvert.thread.StalledException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UpstreamWriterTest {

  private final BoundedChannel channel = new BoundedChannel(64);
  private final UpstreamWriter writer = new UpstreamWriter(channel, Duration.ofSeconds(10));

  private void makeRoom() {
    channel.take();
    writer.onSignal();
  }

  @Test
  void aMessageWaitsForRoomAndAControlFrameForTheEndOfTheMessagesFrame() throws Exception {
    CompletableFuture<Void> sent = send("x".repeat(100));
    await("half of the frame").until(() -> channel.held() == 64);

    writer.pong(UTF_8.encode("ping"));
    makeRoom();
    sent.get(10, TimeUnit.SECONDS);
    makeRoom();

    byte[] bytes = channel.taken();
    assertThat(bytes).hasSize(6 + 100 + 6 + 4);
    assertThat(bytes[0]).isEqualTo((byte) 0x81);
    assertThat(bytes[106]).as("the pong").isEqualTo((byte) 0x8a);
  }

  @Test
  void aControlFrameThatFoundNoRoomGoesInFrontOfTheNextMessage() throws Exception {
    send("x".repeat(58)).get(10, TimeUnit.SECONDS);
    writer.pong(UTF_8.encode("ping"));
    makeRoom();

    send("y").get(10, TimeUnit.SECONDS);
    makeRoom();

    byte[] bytes = channel.taken();
    assertThat(bytes[64]).isEqualTo((byte) 0x8a);
    assertThat(bytes[74]).isEqualTo((byte) 0x81);
  }

  @Test
  void nothingFollowsACloseFrame() throws IOException {
    writer.close(1000, "");
    writer.close(1001, "");
    writer.pong(UTF_8.encode("late"));

    assertThat(writer.isClosed()).isTrue();
    assertThatThrownBy(() -> writer.text("late", true)).isInstanceOf(ClosedChannelException.class);
    assertThat(channel.held()).isEqualTo(8);
  }

  @Test
  void anUpstreamThatTakesNothingIsGivenUpAndNoFrameIsBegunInsideAnother() throws IOException {
    UpstreamWriter hasty = new UpstreamWriter(channel, Duration.ofMillis(20));

    assertThatThrownBy(() -> hasty.binary(ByteBuffer.allocate(100), true))
        .isInstanceOf(StalledException.class);
    hasty.close(1001, "");
    channel.take();
    hasty.flush();

    assertThat(hasty.isClosed()).isFalse();
    assertThat(channel.taken()).hasSize(64);
  }

  @Test
  void pongsThatNobodyTakesAreBounded() throws Exception {
    send("x".repeat(58)).get(10, TimeUnit.SECONDS);
    for (int i = 0; i < 1000; i++) {
      writer.pong(UTF_8.encode("ping"));
    }
    for (int i = 0; i < 100; i++) {
      channel.take();
      writer.flush();
    }

    assertThat(channel.taken()).hasSize(64 + 16 * 10);
  }

  private CompletableFuture<Void> send(String text) {
    return CompletableFuture.runAsync(
        () -> {
          try {
            writer.text(text, true);
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        });
  }
}
