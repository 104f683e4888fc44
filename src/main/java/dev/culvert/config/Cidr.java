package dev.culvert.config;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A block of IP addresses (RFC 4632).
 *
 * @param network bytes of the network address
 * @param prefix number of leading bits that must agree, 0 to the number of bits
 */
public record Cidr(List<Byte> network, int prefix) {

  private static final Pattern PREFIX = Pattern.compile("\\d{1,3}");

  /** Copies the list. */
  public Cidr {
    network = List.copyOf(network);
  }

  /**
   * Reads {@code address/prefix}, or an address alone as the block of just that address.
   *
   * @throws IllegalArgumentException when the text is something else, or when the address has bits
   *     after the prefix: it would be unclear whether the address or the block is meant
   */
  public static Cidr parse(String text) {
    int slash = text.indexOf('/');
    String address = slash < 0 ? text : text.substring(0, slash);
    byte[] bytes = Hosts.address(address).orElseThrow(Cidr::bad).getAddress();
    int bits = bytes.length * Byte.SIZE;
    String prefixText = slash < 0 ? String.valueOf(bits) : text.substring(slash + 1);
    if (!PREFIX.matcher(prefixText).matches() || Integer.parseInt(prefixText) > bits) {
      throw bad();
    }
    int prefix = Integer.parseInt(prefixText);
    for (int bit = prefix; bit < bits; bit++) {
      if ((bytes[bit >> 3] & (0x80 >> (bit & 7))) != 0) {
        throw bad();
      }
    }
    List<Byte> network = new ArrayList<>();
    for (byte b : bytes) {
      network.add(b);
    }
    return new Cidr(network, prefix);
  }

  /** Whether the address lies in the block; addresses of the other family never do. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (bytes.length != network.size()) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit & 7);
      if ((bytes[bit >> 3] & mask) != (network.get(bit >> 3) & mask)) {
        return false;
      }
    }
    return true;
  }

  private static BadValueException bad() {
    return BadValueException.expected(
        "an IP address or a block such as 10.0.0.0/8 or fd00::/8, no bits after the prefix");
  }
}
