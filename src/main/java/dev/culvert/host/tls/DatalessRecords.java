package dev.culvert.host.tls;

import javax.net.ssl.SSLException;

/**
 * Bounds records that carry no data: each change of keys, for example, costs much more than the few
 * bytes in which it is asked for. Loop thread only.
 */
final class DatalessRecords {

  /** In one turn of the loop, so that other connections have theirs. */
  private static final int A_TURN = 16;

  /** In a row; peers send a handful. */
  private static final int MOST = 256;

  private int inRow;
  private int all;

  /**
   * Counts a record.
   *
   * @param data how many bytes of it there were
   * @return whether others may follow in this turn
   * @throws SSLException when there have been too many without
   */
  boolean count(int data) throws SSLException {
    if (data > 0) {
      inRow = 0;
      return true;
    }
    inRow++;
    if (inRow > MOST) {
      throw new SSLException("more than " + MOST + " TLS records without data in a row");
    }
    all++;
    return all % A_TURN != 0;
  }
}
