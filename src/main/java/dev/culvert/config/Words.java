package dev.culvert.config;

import dev.culvert.config.Route.HostHeader;
import dev.culvert.config.Route.Mode;
import dev.culvert.config.Route.OnRedeploy;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Values that are one of a few words, and other small values. */
final class Words {

  private static final Pattern LOGGER = Pattern.compile("[\\w$.-]{1,200}");
  private static final Pattern KEY_PREFIX = Pattern.compile("[A-Za-z0-9._:-]{1,100}");
  private static final int LARGEST_DATABASE = 9999;
  private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
  private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]*");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /** RFC 9110 7.8: a protocol name, and perhaps a version. */
  private static final Pattern UPGRADE =
      Pattern.compile(TOKEN.pattern() + "(?:/" + TOKEN.pattern() + ")?");

  private Words() {}

  static boolean bool(String text) {
    return oneOf(text, Map.of("true", true, "false", false));
  }

  static int count(String text) {
    return inRange(text, 0, Integer.MAX_VALUE);
  }

  static int atLeastOne(String text) {
    return inRange(text, 1, Integer.MAX_VALUE);
  }

  /** Counts that memory is taken for, or that are summed up. */
  static int few(String text) {
    return inRange(text, 1, 1000);
  }

  static int retries(String text) {
    return inRange(text, 0, 100);
  }

  static int weight(String text) {
    return inRange(text, 0, 10_000);
  }

  private static int inRange(String text, int least, int most) {
    if (NUMBER.matcher(text).matches()) {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return (int) number;
      }
    }
    throw BadValueException.expected("a whole number from " + least + " to " + most);
  }

  /** Whether pooled sockets outlive a deployment. */
  static boolean keep(String text) {
    return oneOf(text, Map.of("keep", true, "close", false));
  }

  /** Whether sessions are counted in Redis. */
  static boolean redis(String text) {
    return oneOf(text, Map.of("redis", true, "memory", false));
  }

  /** A database of Redis; a cluster has one only. */
  static int database(String text, boolean cluster) {
    return inRange(text, 0, cluster ? 0 : LARGEST_DATABASE);
  }

  /** What keys in Redis begin with; braces would choose their slot. */
  static String keyPrefix(String text) {
    if (!KEY_PREFIX.matcher(text).matches()) {
      throw BadValueException.expected("1 to 100 letters, digits and . _ : -");
    }
    return text;
  }

  static Preset preset(String text) {
    return oneOf(
        text, Map.of("openai-responses", Preset.OPENAI_RESPONSES, "generic", Preset.GENERIC));
  }

  static Mode mode(String text) {
    return oneOf(
        text,
        Map.of(
            "http", Mode.HTTP,
            "relay", Mode.RELAY,
            "tunnel", Mode.TUNNEL,
            "turns", Mode.TURNS));
  }

  static OnRedeploy onRedeploy(String text) {
    return oneOf(text, Map.of("close", OnRedeploy.CLOSE, "detached", OnRedeploy.DETACHED));
  }

  /** Of a route whose clients' connections belong to the deployment. */
  static OnRedeploy onRedeployOfRelay(String text) {
    if (onRedeploy(text) == OnRedeploy.DETACHED) {
      throw new BadValueException("a relay ends with its deployment; expected: close");
    }
    return OnRedeploy.CLOSE;
  }

  /** Of a route that has no streams. */
  static OnRedeploy onRedeployOfRequests(String text) {
    if (onRedeploy(text) == OnRedeploy.DETACHED) {
      throw new BadValueException("requests end with their deployment; expected: close");
    }
    return OnRedeploy.CLOSE;
  }

  static HostHeader hostHeader(String text) {
    return oneOf(text, Map.of("pass", HostHeader.PASS, "upstream", HostHeader.UPSTREAM));
  }

  static boolean takeOver(String text) {
    return oneOf(text, Map.of("when-possible", true, "never", false));
  }

  /** Whether a stream ends with the caller's credential. */
  static boolean expires(String text) {
    return oneOf(text, Map.of("credential", true, "never", false));
  }

  /** A level that an event can have; ALL and OFF are thresholds. */
  static System.Logger.Level level(String text) {
    return oneOf(
        text.toUpperCase(Locale.ROOT),
        Map.of(
            "TRACE", System.Logger.Level.TRACE,
            "DEBUG", System.Logger.Level.DEBUG,
            "INFO", System.Logger.Level.INFO,
            "WARNING", System.Logger.Level.WARNING,
            "ERROR", System.Logger.Level.ERROR));
  }

  static String logger(String text) {
    if (!LOGGER.matcher(text).matches()) {
      throw BadValueException.expected("the name of a logger: letters, digits and . _ - $");
    }
    return text;
  }

  /** An Upgrade token in lower case. */
  static String upgrade(String text) {
    String token = text.toLowerCase(Locale.ROOT);
    if (!UPGRADE.matcher(token).matches() || token.equals("h2c") || token.startsWith("h2c/")) {
      throw BadValueException.expected("an Upgrade token other than h2c, such as websocket");
    }
    return token;
  }

  /** A method of HTTP; those with other letters are not in use, and likely mistakes. */
  static String method(String text) {
    if (!METHOD.matcher(text).matches()) {
      throw BadValueException.expected("a method in capital letters, such as POST");
    }
    return text;
  }

  /** RFC 9110 5.6.2. */
  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  /** A parser of names that must be among the known ones. */
  static Function<String, String> oneOfNames(Set<String> known, String expected) {
    return name -> {
      if (!known.contains(name)) {
        String meant =
            NearMiss.of(name, known, NearMiss.tolerance(name))
                .map(near -> "; did you mean " + near + "?")
                .orElse("");
        throw BadValueException.expected(expected + meant);
      }
      return name;
    };
  }

  private static <T> T oneOf(String text, Map<String, T> words) {
    T value = words.get(text);
    if (value == null) {
      throw BadValueException.expected(String.join(" | ", new TreeMap<>(words).keySet()));
    }
    return value;
  }
}
