package dev.culvert.turn.socket;

import static dev.culvert.turn.socket.SocketRig.DELTA;
import static dev.culvert.turn.socket.SocketRig.DONE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.turn.RequestMemory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client's WebSocket and the turns that it asks for. */
class TurnSocketTest {

  private final SocketRig rig = new SocketRig();

  @BeforeEach
  void open() {
    assertThat(rig.socket.open(rig)).isPresent();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private static String code(String code) {
    return "\"code\":\"" + code + "\"";
  }

  @Test
  void aRequestGoesAsItCameInWhateverPieces() throws Exception {
    rig.socket.text("{\"type\":\"response", false);
    rig.socket.text(".create\", \"x\":1.50}", true);

    assertThat(rig.slots.get(0).frame).isEqualTo("{\"type\":\"response.create\", \"x\":1.50}");
    rig.slots.get(0).events.text(DELTA);
    rig.slots.get(0).events.text(DONE);
    assertThat(rig.next()).isEqualTo(DELTA);
    assertThat(rig.next()).isEqualTo(DONE);
    assertThat(rig.slots.get(0).released).isTrue();
    assertThat(rig.socket.turns()).isZero();
  }

  @Test
  void theLaneIsFreeBeforeTheClientSeesTheEnd() {
    rig.ask("");
    rig.whenSending =
        () -> {
          rig.whenSending = () -> {};
          rig.ask("");
        };

    rig.slots.get(0).events.text(DONE);

    assertThat(rig.sent).containsExactly(DONE);
    assertThat(rig.slots).hasSize(2);
    assertThat(rig.socket.turns()).isEqualTo(1);
  }

  @Test
  void aSecondRequestInFlightIsAnErrorAndTheFirstGoesOn() throws Exception {
    rig.ask("").ask("");

    assertThat(rig.next())
        .startsWith("{\"type\":\"error\",\"status\":409,")
        .contains(code("response_in_progress"))
        .doesNotContain("stream_id");
    rig.slots.get(0).events.text(DONE);
    assertThat(rig.next()).isEqualTo(DONE);
    assertThat(rig.slots).hasSize(1);
  }

  @Test
  void eachLaneHasATurnAndErrorsNameTheirs() throws Exception {
    rig.ask("").ask(",\"stream_id\":1").ask(",\"stream_id\":\"1\"").ask(",\"stream_id\":1");

    assertThat(rig.slots).hasSize(3);
    assertThat(rig.slots.get(1).frame).endsWith("\"stream_id\":1}");
    assertThat(rig.next()).contains(code("response_in_progress")).endsWith(",\"stream_id\":1}");
    rig.slots.get(2).events.lost("closed");
    assertThat(rig.next()).contains("502", "stream_disconnected").endsWith("\"stream_id\":\"1\"}");
    Awaitility.await().until(() -> rig.socket.turns() == 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\":1}", "[1]", "true"})
  void aLaneIsANumberOrAText(String lane) throws Exception {
    rig.ask(",\"stream_id\":" + lane);

    assertThat(rig.next()).contains("400", code("invalid_lane")).doesNotContain(lane);
    assertThat(rig.slots).isEmpty();
  }

  @Test
  void aLaneIsNoLongText() throws Exception {
    rig.ask(",\"stream_id\":\"" + "x".repeat(256) + "\"");
    assertThat(rig.slots).hasSize(1);
    rig.slots.clear();

    rig.ask(",\"stream_id\":\"" + "x".repeat(257) + "\"");

    assertThat(rig.next()).contains("400", code("invalid_lane"));
    assertThat(rig.slots).isEmpty();
  }

  @Test
  void thereAreNoMoreTurnsAtOnceThanMayBe() throws Exception {
    for (int i = 0; i <= Lanes.MOST; i++) {
      rig.ask(",\"stream_id\":" + i);
    }

    assertThat(rig.slots).hasSize(Lanes.MOST);
    assertThat(rig.next()).contains("429", code("too_many_requests")).endsWith(":8}");
    rig.slots.get(3).events.text(DONE);
    rig.ask(",\"stream_id\":8");
    assertThat(rig.slots).hasSize(Lanes.MOST + 1);
  }

  @Test
  void aLongRequestIsNotSentByTheThreadThatBroughtIt() throws Exception {
    rig.executing = new CountDownLatch(1);

    rig.ask(",\"input\":\"" + "x".repeat(64 * 1024) + "\"");

    assertThat(rig.slots).isEmpty();
    assertThat(rig.socket.turns()).isEqualTo(1);
    rig.executing.countDown();
    Awaitility.await().until(() -> rig.slots.size() == 1);
  }

  @Test
  void theEndOfTheClientAbortsEachTurnOnce() throws Exception {
    rig.ask("").ask(",\"stream_id\":\"b\"");

    rig.socket.closed(1001, "");
    rig.socket.closed(1001, "");

    for (SocketRig.Granted slot : rig.slots) {
      assertThat(slot.discarded.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(rig.sent).isEmpty();
    assertThat(rig.dones).hasValue(1);
    assertThat(rig.ends).hasValue(1);
  }

  @Test
  void aTurnThatIsJustBeginningIsAbortedToo() throws Exception {
    rig.whenPreparing = () -> rig.socket.closed(1001, "");

    rig.ask("");

    assertThat(rig.slots).isEmpty();
    assertThat(rig.socket.turns()).isZero();
    assertThat(rig.ends).hasValue(1);
  }

  @Test
  void aFaultWhereATurnBeginsIsAnErrorAndFreesTheLane() throws Exception {
    rig.whenPreparing =
        () -> {
          rig.whenPreparing = () -> {};
          throw new LinkageError("no");
        };

    rig.ask("").ask("");

    assertThat(rig.next()).contains("\"status\":500", code("server_error"));
    assertThat(rig.slots).hasSize(1);
  }

  @Test
  void whatIsNoRequestIsAnError() throws Exception {
    rig.socket.text("{", true);
    rig.socket.text("{\"type\":\"response.cancel\",\"stream_id\":7}", true);

    assertThat(rig.next()).contains("\"status\":400", code("invalid_json"));
    assertThat(rig.next()).contains("\"status\":400", code("invalid_type")).endsWith(":7}");
    assertThat(rig.slots).isEmpty();
    assertThat(rig.refused).as("counted").hasValue(2);
  }

  @Test
  void ofTwoFieldsOfOneNameTheUpstreamMightTakeTheOther() throws Exception {
    rig.ask(",\"previous_response_id\":\"other\",\"previous_response_id\":\"\"");

    assertThat(rig.next())
        .contains("\"status\":400", code("invalid_json"), "previous_response_id: given twice");
    assertThat(rig.slots).isEmpty();
  }

  @Test
  void ofAMessageThatIsTooLongNothingIsKept() throws Exception {
    String piece = "x".repeat(8 * 1024 * 1024);
    rig.socket.text(piece, false);
    rig.socket.text(piece, false);
    rig.socket.text("x", false);
    rig.socket.text(piece, true);

    assertThat(rig.next()).contains("\"status\":413", code("request_too_large"));
    rig.ask("");
    assertThat(rig.slots).hasSize(1);
  }

  @Test
  void ofAMessageThatHasNoRoomBesideOthersNothingIsKept() throws Exception {
    String piece = "x".repeat(128 * 1024);
    RequestMemory.Share others = rig.memory.share();
    assertThat(others.holds(32 * 1024 * 1024)).isTrue();
    rig.socket.text(piece, false);
    rig.socket.text(piece, true);

    assertThat(rig.next()).contains("\"status\":503", code("overloaded"));
    rig.ask("");
    assertThat(rig.slots).hasSize(1);
    others.release();
    rig.socket.text(piece, true);
    assertThat(rig.next()).contains("\"status\":400", code("invalid_json"));
  }

  @Test
  void halfAMessageIsForgottenWithItsSocket() {
    rig.socket.text("x".repeat(1024 * 1024), false);
    rig.socket.closed(1000, "");

    assertThat(rig.memory.share().holds(32 * 1024 * 1024 + 64 * 1024)).isTrue();
  }

  @Test
  void aBinaryMessageEndsTheSocket() throws Exception {
    rig.ask("");

    rig.socket.binary(ByteBuffer.allocate(1), true);

    assertThat(rig.next()).isEqualTo("close 1003");
    assertThat(rig.slots.get(0).discarded.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(rig.ends).hasValue(1);
  }

  @Test
  void aDrainClosesAtOnceWhenThereIsNoTurn() throws Exception {
    rig.socket.drain();

    assertThat(rig.next()).isEqualTo("close 1012");
    assertThat(rig.ends).hasValue(1);
  }

  @Test
  void oneThatTakesNothingNewStaysOpenUntilItIsDrained() throws Exception {
    rig.socket.refuseNew();
    rig.ask("");

    assertThat(rig.next()).contains("\"status\":503", code("shutting_down"));
    assertThat(rig.ends).hasValue(0);
    rig.socket.drain();
    assertThat(rig.next()).isEqualTo("close 1012");
  }

  @Test
  void aDrainWaitsForTheLastTurnAndTakesUpNoOther() throws Exception {
    rig.ask("");
    rig.socket.drain();
    rig.ask(",\"stream_id\":2");

    assertThat(rig.next()).contains("\"status\":503", code("shutting_down"));
    assertThat(rig.ends).hasValue(0);
    rig.slots.get(0).events.text(DONE);
    assertThat(rig.next()).isEqualTo(DONE);
    assertThat(rig.next()).isEqualTo("close 1012");
    assertThat(rig.slots.get(0).released).isTrue();
    assertThat(rig.ends).hasValue(1);
  }

  @Test
  void whatIsCutOffIsAnErrorAndThenTheEnd() throws Exception {
    rig.ask("");
    rig.slots.get(0).events.text(DELTA);
    assertThat(rig.next()).isEqualTo(DELTA);

    rig.socket.cutOff("the deployment has ended");

    assertThat(rig.next()).contains(code("stream_disconnected"));
    assertThat(rig.next()).isEqualTo("close 1012");
    assertThat(rig.slots.get(0).discarded.await(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aSessionThatOpensTooLateIsClosed() throws Exception {
    SocketRig late = new SocketRig();
    late.socket.drain();
    assertThat(late.ends).hasValue(1);

    assertThat(late.socket.open(late)).isEmpty();

    assertThat(late.next()).isEqualTo("close 1012");
    assertThat(late.ends).hasValue(1);
    late.close();
  }

  @Test
  void aClientThatTakesNothingHoldsUpAllItsUpstreamsAndIsGivenUp() throws Exception {
    Duration patience = Duration.ofMillis(500);
    SocketRig stalled = new SocketRig(patience);
    assertThat(stalled.socket.open(stalled)).isPresent();
    CountDownLatch writing = new CountDownLatch(1);
    stalled.whenSending = () -> stall(writing);
    stalled.ask("").ask(",\"stream_id\":2");

    CompletableFuture<Void> first =
        CompletableFuture.runAsync(() -> stalled.slots.get(0).events.text(DELTA));
    assertThat(writing.await(10, TimeUnit.SECONDS)).isTrue();
    CompletableFuture<Void> second =
        CompletableFuture.runAsync(() -> stalled.slots.get(1).events.text(DELTA));
    assertThat(first).isNotDone();
    assertThat(second).isNotDone();

    first.get(10, TimeUnit.SECONDS);
    second.get(10, TimeUnit.SECONDS);
    assertThat(stalled.next()).isEqualTo("close 1011");
    for (SocketRig.Granted slot : stalled.slots) {
      assertThat(slot.discarded.await(10, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(stalled.ends).hasValue(1);
    stalled.close();
  }

  private static void stall(CountDownLatch writing) {
    writing.countDown();
    try {
      boolean unused = new CountDownLatch(1).await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted", e);
    }
  }
}
