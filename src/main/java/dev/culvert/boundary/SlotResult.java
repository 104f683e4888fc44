package dev.culvert.boundary;

import java.util.List;
import java.util.Map;

/**
 * What came of asking for a slot.
 *
 * @param outcome {@link #GRANTED}, {@link #REJECTED}, {@link #FAILED}, {@link #BACKLOGGED} or
 *     {@link #DENIED}
 * @param decision why, as it is logged: {@code new:<socket>}, {@code reuse:<socket>}, {@code
 *     bypass(<reason>)}, {@code refused(<reason>)} and so on
 * @param socket id of a granted slot's socket, 8 hexadecimal digits; else empty
 * @param reused whether that socket was there before
 * @param status of an upstream that rejected the upgrade; else 0
 * @param responseStartMillis of a granted slot: longest time from its request to the first event,
 *     above 0; else 0
 * @param headers of the upgrade's response, names in lower case; none on a reused socket
 * @param detail of a failure or a backlog; else empty
 * @param busy whether a denied continuation has a socket that is busy
 */
public record SlotResult(
    String outcome,
    String decision,
    String socket,
    boolean reused,
    int status,
    long responseStartMillis,
    Map<String, List<String>> headers,
    String detail,
    boolean busy) {

  /** There is a slot. */
  public static final String GRANTED = "granted";

  /** The upstream answered the upgrade with an ordinary response. */
  public static final String REJECTED = "rejected";

  /** No socket could be opened. */
  public static final String FAILED = "failed";

  /** Nobody was dialled, since too many are. */
  public static final String BACKLOGGED = "backlogged";

  /** The response to be continued has no socket that can take the turn; nothing was sent. */
  public static final String DENIED = "denied";
}
