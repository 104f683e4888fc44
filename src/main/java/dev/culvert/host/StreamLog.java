package dev.culvert.host;

import dev.culvert.boundary.StreamSpec;
import dev.culvert.host.relay.Stream;
import dev.culvert.host.relay.StreamEnd;
import dev.culvert.host.relay.StreamListener;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;

/** Logs the two events of a stream's life, as key=value. Safe for use by any thread. */
final class StreamLog implements StreamListener {

  private static final int LONGEST_VALUE = 200;

  /** A logger as the configuration names it. */
  private record Target(String logger, String level) {}

  private final Map<Target, ExitProofLogger> loggers = new ConcurrentHashMap<>();
  private final BooleanSupplier exiting;

  /**
   * Makes a log.
   *
   * @param exiting whether the JVM exits
   */
  StreamLog(BooleanSupplier exiting) {
    this.exiting = exiting;
  }

  @Override
  public void opened(Stream stream) {
    StreamSpec spec = stream.spec();
    ExitProofLogger logger = logger(spec);
    if (logger.isLoggable() && spec.logHandshake()) {
      logger.log("CULVERT-S001 stream opened " + identity(stream));
    }
  }

  @Override
  public void ended(Stream stream, StreamEnd end) {
    ExitProofLogger logger = logger(stream.spec());
    if (!logger.isLoggable()) {
      return;
    }
    var view = stream.view();
    String event =
        "CULVERT-S002 stream closed "
            + identity(stream)
            + " result="
            + end.result().label()
            + " code="
            + end.status().code()
            + " reason="
            + quoted(end.status().reason())
            + " duration-ms="
            + end.nanos() / 1_000_000
            + " bytes-to-upstream="
            + view.bytesToUpstream()
            + " bytes-from-upstream="
            + view.bytesFromUpstream()
            + " frames-to-upstream="
            + view.framesToUpstream()
            + " frames-from-upstream="
            + view.framesFromUpstream()
            + " messages-to-upstream="
            + view.messagesToUpstream()
            + " messages-from-upstream="
            + view.messagesFromUpstream()
            + " detail="
            + quoted(end.detail());
    logger.log(event);
  }

  private ExitProofLogger logger(StreamSpec spec) {
    return loggers.computeIfAbsent(
        new Target(spec.logger(), spec.logLevel()),
        target -> new ExitProofLogger(target.logger(), Level.valueOf(target.level()), exiting));
  }

  private static String identity(Stream stream) {
    StreamSpec spec = stream.spec();
    return "id="
        + stream.id()
        + " route="
        + spec.route()
        + " upstream="
        + spec.upstream()
        + " address="
        + spec.address()
        + " user="
        + quoted(spec.user())
        + " client="
        + spec.client();
  }

  /** Quotes what others wrote, so that it can neither end the line nor look like another key. */
  static String quoted(String value) {
    StringBuilder text = new StringBuilder("\"");
    for (char c : value.substring(0, Math.min(value.length(), LONGEST_VALUE)).toCharArray()) {
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        text.append(String.format("\\u%04x", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.append('"').toString();
  }
}
