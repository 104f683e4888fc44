package dev.culvert.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Host names and IP addresses; nothing here asks a name server. */
final class Hosts {

  private static final Pattern NAME =
      Pattern.compile("(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\\.(?!$)|$))+");

  private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?\\d+");

  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(?:\\.(?!$)|$)){4}");

  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:]*:[0-9a-f:.]*");

  private Hosts() {}

  /**
   * A host in lower case: a name (underscores allowed, since containers have them), an IPv4
   * address, or an IPv6 address in brackets.
   */
  static String parse(String text) {
    String host = text.toLowerCase(Locale.ROOT);
    boolean bracketed = host.startsWith("[") && host.endsWith("]");
    boolean good =
        bracketed
            ? host.contains(":") && address(host.substring(1, host.length() - 1)).isPresent()
            : isName(host);
    if (!good) {
      throw BadValueException.expected(
          "a host name, an IPv4 address or an IPv6 address in brackets, without a port");
    }
    return host;
  }

  /** The IP address that the text is, IPv6 without brackets and zone. */
  static Optional<InetAddress> address(String text) {
    String address = text.toLowerCase(Locale.ROOT);
    boolean ipv6 = IPV6.matcher(address).matches();
    if (!ipv6 && !IPV4.matcher(address).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByName(ipv6 ? "[" + address + "]" : address));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static boolean isName(String host) {
    return NAME.matcher(host).matches()
        && (!NUMERIC_END.matcher(host).matches() || IPV4.matcher(host).matches());
  }
}
