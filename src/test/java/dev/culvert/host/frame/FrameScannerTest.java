package dev.culvert.host.frame;

import static dev.culvert.host.frame.Frame.BINARY;
import static dev.culvert.host.frame.Frame.CONTINUATION;
import static dev.culvert.host.frame.Frame.PING;
import static dev.culvert.host.frame.Frame.PONG;
import static dev.culvert.host.frame.Frame.TEXT;
import static dev.culvert.host.frame.Frame.pattern;
import static dev.culvert.host.frame.ScannerDriver.OWN_PING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.culvert.host.frame.FrameScanner.Stop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameScannerTest {

  private static final byte[] OWN_PONG_PAYLOAD = ByteBuffer.allocate(8).putLong(OWN_PING).array();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void passesEveryByteWhereverTheInputIsCut(boolean masked) {
    byte[] input =
        bytes(
            masked,
            Frame.of(TEXT, pattern(0)),
            Frame.of(BINARY, pattern(125)),
            Frame.of(BINARY, pattern(126)),
            Frame.of(TEXT, pattern(7)).withoutFin(),
            Frame.of(PING, pattern(3)),
            Frame.of(CONTINUATION, pattern(300)).withoutFin(),
            Frame.of(PONG, pattern(8)),
            Frame.of(CONTINUATION, pattern(0)),
            Frame.close(1000, "bye"));

    for (int cut = 0; cut <= input.length; cut++) {
      ScannerDriver driver = ScannerDriver.unlimited();
      driver.feed(input, 0, cut);
      assertThat(driver.heldLength()).isLessThanOrEqualTo(FrameScanner.LONGEST_HELD);
      driver.feed(input, cut, input.length);

      assertThat(driver.forwarded()).as("cut at %d", cut).isEqualTo(input);
      assertThat(driver.stops()).as("cut at %d", cut).containsExactly(Stop.CLOSE);
      assertThat(driver.scanner().frames()).isEqualTo(9);
      assertThat(driver.scanner().messages()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {65_535, 65_536, 200_000})
  void passesLongFramesWhereverTheirHeadersAreCut(int length) {
    byte[] input =
        bytes(true, Frame.of(BINARY, pattern(length)), Frame.of(BINARY, pattern(length)));
    int second = input.length / 2;
    int[] cuts = IntStream.range(-16, 17).flatMap(i -> IntStream.of(i, second + i)).toArray();

    for (int cut : cuts) {
      int at = Math.max(0, cut);
      ScannerDriver driver = ScannerDriver.unlimited();
      driver.feed(input, 0, at).feed(input, at, input.length);

      assertThat(driver.forwarded()).as("cut at %d", at).isEqualTo(input);
      assertThat(driver.scanner().frames()).isEqualTo(2);
      assertThat(driver.scanner().atBoundary()).isTrue();
    }
  }

  @Test
  void anUnfinishedHeaderIsHeldBack() {
    byte[] input = Frame.of(BINARY, pattern(70_000)).withMask().encode();
    int header = 14;

    for (int cut = 0; cut < header; cut++) {
      ScannerDriver driver = ScannerDriver.unlimited().feed(input, 0, cut);
      assertThat(driver.forwarded()).isEmpty();
      assertThat(driver.heldLength()).isEqualTo(cut);
      assertThat(driver.scanner().atBoundary()).isTrue();
    }
    ScannerDriver whole = ScannerDriver.unlimited().feed(input, 0, header);
    assertThat(whole.forwarded()).hasSize(header);
    assertThat(whole.scanner().atBoundary()).isFalse();
  }

  @Test
  void aCloseFrameIsPassedOnlyWhole() {
    byte[] input = Frame.close(4001, "reason").withMask().encode();

    for (int cut = 0; cut < input.length; cut++) {
      assertThat(ScannerDriver.unlimited().feed(input, 0, cut).forwarded()).isEmpty();
    }
  }

  @Test
  void aCloseFrameIsRead() {
    assertThat(closeOf(Frame.close(4001, "Grüße"))).isEqualTo(new CloseStatus(4001, "Grüße"));
    assertThat(closeOf(Frame.close(4001, "Grüße").withMask()))
        .isEqualTo(new CloseStatus(4001, "Grüße"));
    assertThat(closeOf(Frame.close(65_535, ""))).isEqualTo(new CloseStatus(65_535, ""));
    assertThat(closeOf(Frame.of(Frame.CLOSE, pattern(0)))).isEqualTo(new CloseStatus(1005, ""));
    assertThat(closeOf(Frame.of(Frame.CLOSE, pattern(1)))).isEqualTo(new CloseStatus(1005, ""));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPongThatAnswersOurPingIsKeptBackWhereverItIsCut(boolean masked) {
    byte[] before = bytes(masked, Frame.text("before"));
    byte[] pong = bytes(masked, Frame.of(PONG, OWN_PONG_PAYLOAD));
    byte[] after = bytes(masked, Frame.text("after"));
    byte[] input = concat(before, pong, after);

    for (int cut = 0; cut <= input.length; cut++) {
      ScannerDriver driver = ScannerDriver.unlimited().expectPongs(1);
      driver.feed(input, 0, cut).feed(input, cut, input.length);

      assertThat(driver.forwarded()).as("cut at %d", cut).isEqualTo(concat(before, after));
      assertThat(driver.stops()).containsExactly(Stop.OWN_PONG);
      assertThat(driver.scanner().frames()).isEqualTo(2);
    }
  }

  @Test
  void onlyAsManyPongsAsThereWerePingsAreOurs() {
    byte[] pong = bytes(true, Frame.of(PONG, OWN_PONG_PAYLOAD));

    ScannerDriver driver = ScannerDriver.unlimited().feed(pong);
    assertThat(driver.forwarded()).isEqualTo(pong);
    driver.expectPongs(2).feed(concat(pong, pong, pong));
    assertThat(driver.forwarded()).isEqualTo(concat(pong, pong));
    assertThat(driver.stops()).containsExactly(Stop.OWN_PONG, Stop.OWN_PONG);
    assertThat(driver.scanner().frames()).isEqualTo(2);
  }

  @Test
  void pongsOfOthersPass() {
    byte[] input =
        bytes(
            true,
            Frame.of(PONG, pattern(8)),
            Frame.of(PONG, pattern(0)),
            Frame.of(PONG, pattern(125)),
            Frame.of(PING, OWN_PONG_PAYLOAD));

    ScannerDriver driver = ScannerDriver.unlimited().expectPongs(1).feed(input);

    assertThat(driver.forwarded()).isEqualTo(input);
    assertThat(driver.stops()).isEmpty();
    assertThat(driver.scanner().messages()).isZero();
  }

  @Test
  void aFrameAtTheLimitPassesAndOneAboveDoesNot() {
    byte[] allowed = Frame.of(BINARY, pattern(1000)).encode();
    byte[] refused = Frame.of(BINARY, pattern(1001)).encode();
    ScannerDriver driver = new ScannerDriver(new FrameScanner(1000, 0, OWN_PING));

    driver.feed(concat(allowed, refused));

    assertThat(driver.forwarded()).isEqualTo(allowed);
    assertThat(driver.stops()).containsExactly(Stop.VIOLATION);
    assertThat(driver.scanner().violation())
        .isEqualTo(new CloseStatus(1009, "frame larger than 1000 bytes"));
    assertThat(driver.scanner().atBoundary()).isTrue();
  }

  @Test
  void aMessageIsMeasuredOverItsFrames() {
    byte[] allowed =
        bytes(
            false,
            Frame.of(TEXT, pattern(600)).withoutFin(),
            Frame.of(PING, pattern(100)),
            Frame.of(CONTINUATION, pattern(400)),
            Frame.of(TEXT, pattern(1000)),
            Frame.of(TEXT, pattern(600)).withoutFin());
    ScannerDriver driver = new ScannerDriver(new FrameScanner(0, 1000, OWN_PING));

    driver.feed(concat(allowed, Frame.of(CONTINUATION, pattern(401)).encode()));

    assertThat(driver.forwarded()).isEqualTo(allowed);
    assertThat(driver.scanner().violation())
        .isEqualTo(new CloseStatus(1009, "message larger than 1000 bytes"));
  }

  @Test
  void aControlFrameMayHave125Bytes() {
    byte[] allowed = Frame.of(PING, pattern(125)).encode();
    ScannerDriver driver = ScannerDriver.unlimited();

    driver.feed(concat(allowed, Frame.of(PING, pattern(126)).encode()));

    assertThat(driver.forwarded()).isEqualTo(allowed);
    assertThat(driver.scanner().violation().code()).isEqualTo(1002);
  }

  @Test
  void aNegativeLengthIsRefused() {
    byte[] header = {(byte) 0x82, 127, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0};
    ScannerDriver driver = ScannerDriver.unlimited().feed(header);

    assertThat(driver.forwarded()).isEmpty();
    assertThat(driver.scanner().violation().code()).isEqualTo(1002);
  }

  @Test
  void theLongestLengthIsFollowed() {
    byte[] header = {(byte) 0x82, 127, 0x7f, -1, -1, -1, -1, -1, -1, -1};
    ScannerDriver driver = ScannerDriver.unlimited().feed(header).feed(pattern(5000));

    assertThat(driver.forwarded()).hasSize(5010);
    assertThat(driver.scanner().atBoundary()).isFalse();
  }

  @Test
  void stopsAtTheBoundaryWhenAsked() {
    byte[] first = Frame.text("first").encode();
    ByteBuffer input = ByteBuffer.wrap(concat(first, Frame.text("second").encode()));
    FrameScanner scanner = new FrameScanner(0, 0, OWN_PING);
    input.limit(4);
    assertThat(scanner.scan(input, false)).isEqualTo(Stop.END);
    input.limit(input.capacity());

    Stop stop = scanner.scan(input, true);

    assertThat(stop).isEqualTo(Stop.BOUNDARY);
    assertThat(input.position()).isEqualTo(first.length);
  }

  @Test
  void stopsAtTheBoundaryAtTheEndOfTheInput() {
    ByteBuffer input = ByteBuffer.wrap(Frame.text("first").encode());
    FrameScanner scanner = new FrameScanner(0, 0, OWN_PING);
    input.limit(4);
    scanner.scan(input, false);
    input.limit(input.capacity());

    assertThat(scanner.scan(input, true)).isEqualTo(Stop.BOUNDARY);
    assertThat(input.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void randomFramesInRandomChunksPassButForOurPongs(long seed) {
    Random random = new Random(seed);
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    ByteArrayOutputStream expected = new ByteArrayOutputStream();
    for (int i = 0; i < 200; i++) {
      Frame frame = randomFrame(random);
      boolean ours = frame.opcode() == PONG && Arrays.equals(frame.payload(), OWN_PONG_PAYLOAD);
      input.writeBytes(frame.encode());
      expected.writeBytes(ours ? new byte[0] : frame.encode());
    }
    ScannerDriver driver = ScannerDriver.unlimited().expectPongs(200);

    byte[] all = input.toByteArray();
    for (int at = 0; at < all.length; ) {
      int next = Math.min(all.length, at + 1 + random.nextInt(random.nextBoolean() ? 8 : 40_000));
      driver.feed(all, at, next);
      at = next;
    }

    assertThat(driver.forwarded()).isEqualTo(expected.toByteArray());
    assertThat(driver.heldLength()).isZero();
  }

  private static Frame randomFrame(Random random) {
    int[] lengths = {0, 1, 7, 8, 125, 126, 127, 1000, 65_535, 65_536};
    Frame frame =
        switch (random.nextInt(5)) {
          case 0 -> Frame.of(PONG, OWN_PONG_PAYLOAD);
          case 1 -> Frame.of(PING, pattern(random.nextInt(126)));
          case 2 -> Frame.of(PONG, pattern(random.nextInt(126)));
          case 3 -> Frame.of(TEXT, pattern(lengths[random.nextInt(8)])).withoutFin();
          default -> Frame.of(BINARY, pattern(lengths[random.nextInt(10)]));
        };
    return random.nextBoolean() ? frame.withMask() : frame;
  }

  private static CloseStatus closeOf(Frame frame) {
    ScannerDriver driver = ScannerDriver.unlimited().feed(frame.encode());
    assertThat(driver.stops()).containsExactly(Stop.CLOSE);
    return driver.scanner().close();
  }

  private static byte[] bytes(boolean masked, Frame... frames) {
    List<byte[]> parts = new ArrayList<>();
    for (Frame frame : frames) {
      parts.add(masked ? frame.withMask().encode() : frame.encode());
    }
    return concat(parts.toArray(byte[][]::new));
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
