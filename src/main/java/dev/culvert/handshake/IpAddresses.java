package dev.culvert.handshake;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** IP addresses as text. Names are never looked up. */
public final class IpAddresses {

  private static final String OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final Pattern V4 =
      Pattern.compile("(" + OCTET + "(?:\\." + OCTET + "){3})(?::[0-9]{1,5})?");
  private static final Pattern V6 =
      Pattern.compile("\\[([0-9A-Fa-f:.]{2,45})](?::[0-9]{1,5})?|([0-9A-Fa-f:.]{2,45})(?:%.*)?");

  private IpAddresses() {}

  /**
   * Reads an address: IPv4 in four decimal parts, or IPv6 with or without brackets. A port, as some
   * proxies write it into {@code X-Forwarded-For}, and the zone of a bare IPv6 address are ignored.
   *
   * @return empty when the text is anything else, such as a host name
   */
  public static Optional<InetAddress> parse(String text) {
    Matcher v4 = V4.matcher(text);
    if (v4.matches()) {
      return literal(v4.group(1));
    }
    Matcher v6 = V6.matcher(text);
    if (!v6.matches()) {
      return Optional.empty();
    }
    String address = v6.group(1) == null ? v6.group(2) : v6.group(1);
    return address.indexOf(':') < 0 ? Optional.empty() : literal("[" + address + "]");
  }

  /** Writes an address; IPv6 in its short form (RFC 5952), without brackets and zone. */
  public static String text(InetAddress address) {
    if (address instanceof Inet4Address) {
      return address.getHostAddress();
    }
    int[] groups = groups(address.getAddress());
    int start = 0;
    int length = 0;
    for (int i = 0; i < groups.length; i++) {
      int run = zeroes(groups, i);
      if (run > length) {
        start = i;
        length = run;
      }
    }
    return length < 2
        ? hex(groups, 0, groups.length)
        : hex(groups, 0, start) + "::" + hex(groups, start + length, groups.length);
  }

  // Never asks a name service: the caller has made sure that it is a literal.
  private static Optional<InetAddress> literal(String address) {
    try {
      return Optional.of(InetAddress.getByName(address));
    } catch (UnknownHostException e) {
      return Optional.empty();
    }
  }

  private static int[] groups(byte[] bytes) {
    int[] groups = new int[bytes.length / 2];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    return groups;
  }

  private static int zeroes(int[] groups, int from) {
    int i = from;
    while (i < groups.length && groups[i] == 0) {
      i++;
    }
    return i - from;
  }

  private static String hex(int[] groups, int from, int to) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < to; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
