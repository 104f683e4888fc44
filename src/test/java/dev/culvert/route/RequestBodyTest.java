package dev.culvert.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.culvert.turn.RequestMemory;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RequestBodyTest {

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final Input input = new Input();
  private final RequestMemory.Share memory = new RequestMemory(0).share();
  private final RequestBody body = new RequestBody(input, -1, 4, memory, new Told());

  @Test
  void tellsOfAllThatHasArrived() throws IOException {
    input.put("ab");
    body.onDataAvailable();
    input.put("cd");
    body.onDataAvailable();
    body.onAllDataRead();
    body.onAllDataRead();

    assertThat(told).containsExactly("progress", "progress", "abcd");
  }

  @Test
  void asksForNothingAfterTheLengthThatWasDeclared() throws IOException {
    RequestBody four = new RequestBody(input, 4, 4, memory, new Told());
    input.put("ab");
    four.onDataAvailable();
    int before = input.questions.get();
    input.put("cd");
    four.onDataAvailable();
    four.onDataAvailable();
    four.onAllDataRead();

    assertThat(told).containsExactly("progress", "abcd");
    assertThat(input.questions).hasValue(before + 1);
  }

  @Test
  void refusesMoreThanMayBe() throws IOException {
    input.put("abcde");
    body.onDataAvailable();
    body.onAllDataRead();

    assertThat(told).containsExactly("too long");
  }

  @Test
  void isSilentWhenNobodyWantsItAnyMore() throws IOException {
    input.put("ab");
    body.onDataAvailable();
    body.drop();
    input.put("cd");
    body.onDataAvailable();
    body.onAllDataRead();
    body.onError(new IOException("gone"));

    assertThat(told).containsExactly("progress");
  }

  @Test
  void refusesWhatHasNoRoom() throws IOException {
    memory.close();
    input.put("abc");
    body.onDataAvailable();
    body.onAllDataRead();

    assertThat(told).containsExactly("crowded");
  }

  @Test
  void theEndWaitsForTheThreadThatTakesTheData() throws Exception {
    input.put("ab");
    Thread data = start(body::onDataAvailable);
    assertThat(input.asked.await(10, TimeUnit.SECONDS)).isTrue();
    Thread end = start(body::onAllDataRead);

    await().until(() -> end.getState() == Thread.State.BLOCKED);
    assertThat(told).isEmpty();
    input.answer.countDown();
    data.join(10_000);
    end.join(10_000);

    assertThat(told).containsExactlyInAnyOrder("progress", "ab");
  }

  private interface Announcement {
    void run() throws IOException;
  }

  private Thread start(Announcement announcement) {
    input.blocks = true;
    Thread thread =
        new Thread(
            () -> {
              try {
                announcement.run();
              } catch (IOException e) {
                told.add(e.toString());
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private final class Told implements RequestBody.Reader {
    @Override
    public void progress() {
      told.add("progress");
    }

    @Override
    public void complete(byte[] bytes) {
      told.add(new String(bytes, UTF_8));
    }

    @Override
    public void tooLong() {
      told.add("too long");
    }

    @Override
    public void crowded() {
      told.add("crowded");
    }

    @Override
    public void failed(Throwable cause) {
      told.add("failed");
    }
  }

  /** May hold up whoever asks whether there is more. */
  private static final class Input extends ServletInputStream {
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch answer = new CountDownLatch(1);
    private volatile boolean blocks;
    private final AtomicInteger questions = new AtomicInteger();
    private byte[] piece = {};

    void put(String text) {
      piece = text.getBytes(UTF_8);
    }

    @Override
    public boolean isReady() {
      questions.incrementAndGet();
      if (piece.length == 0 && blocks) {
        asked.countDown();
        try {
          assertThat(answer.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      return piece.length > 0;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      int count = piece.length;
      System.arraycopy(piece, 0, target, offset, count);
      piece = new byte[0];
      return count;
    }

    @Override
    public int read() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isFinished() {
      return false;
    }

    @Override
    public void setReadListener(ReadListener listener) {
      throw new UnsupportedOperationException();
    }
  }
}
