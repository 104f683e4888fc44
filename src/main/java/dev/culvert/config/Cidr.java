package dev.culvert.config;

import java.net.InetAddress;
import java.util.List;

/**
 * A block of IP addresses (RFC 4632).
 *
 * @param network bytes of the network address
 * @param prefix number of leading bits that must agree
 */
public record Cidr(List<Byte> network, int prefix) {

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
}
