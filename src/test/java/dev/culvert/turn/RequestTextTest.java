package dev.culvert.turn;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.stream.JsonParser;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RequestTextTest {

  private static final String LONGEST = "{}" + " ".repeat(TurnRequest.MAX_BYTES - 2);

  private final Semaphore reading = new Semaphore(0);
  private final CountDownLatch leave = new CountDownLatch(1);

  @AfterEach
  void leave() {
    leave.countDown();
  }

  @Test
  void noMoreThanTwoOfTheLongestAreReadAtATime() throws Exception {
    read(LONGEST);
    read(LONGEST);
    assertThat(reading.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();

    Thread third = read(LONGEST);

    Awaitility.await().until(() -> third.getState() == Thread.State.WAITING);
    assertThat(reading.availablePermits()).isZero();
    leave.countDown();
    assertThat(reading.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aShortOneWaitsForNone() throws Exception {
    read(LONGEST);
    read(LONGEST);
    assertThat(reading.tryAcquire(2, 10, TimeUnit.SECONDS)).isTrue();

    read("{}");

    assertThat(reading.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
  }

  private Thread read(String text) {
    Thread thread = new Thread(() -> RequestText.read(text, this::stay));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private JsonParser.Event stay(JsonParser parser) {
    reading.release();
    try {
      leave.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
    return parser.next();
  }
}
