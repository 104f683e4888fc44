package dev.culvert.turn;

import dev.culvert.boundary.SlotSpec;
import java.util.List;

/**
 * What slots are kept apart by, besides the upstream's address and account.
 *
 * @param principal the caller; tells users apart, and all callers by what they show
 * @param conversation empty when nothing tells
 * @param lane of the conversation, as JSON; empty when it has but one
 * @param variant digest of what must be equal for an upstream's prompt cache to hold
 */
public record TurnKey(String principal, String conversation, String lane, String variant) {

  private static final int LONGEST = 256;
  private static final int SHOWN = 64;

  /** Names are kept with their connections, and so cut when they are long. */
  public TurnKey {
    conversation = fitting(conversation);
    lane = fitting(lane);
  }

  private static String fitting(String name) {
    return name.length() <= LONGEST
        ? name
        : name.substring(0, SHOWN) + "#" + Digest.of(List.of(name));
  }

  /**
   * The caller as a key.
   *
   * @param user name, empty when anonymous
   * @param shown headers that tell callers of that name apart, names and values, which may be
   *     credentials
   */
  public static String principal(String user, List<String> shown) {
    return Digest.of(shown) + (user.isEmpty() ? "" : "=" + user);
  }

  /** A short name of all that the turn's socket is kept for, for logs. */
  public String id(SlotSpec slot) {
    return Digest.of(
            List.of(
                slot.url(), slot.account(), slot.upgrade(), principal, conversation, lane, variant))
        .substring(0, 12);
  }
}
